import Logging
import TrainCore
import TrainDaemon
import TrainEngine
import TrainStore

/// A daemon's engine over one platform; ``SampleJobs`` made what is in the store.
struct BenchEngine {
  let engine: Engine
  let provider = QuietProvider()
  let store: CountingStore
  private let database: SQLiteStore

  init(root: String, registries: [RegistryConnection] = []) async throws {
    let time = SystemTime()
    let settings = EngineSettings(pollFastest: .seconds(2), pollSlowest: .seconds(60))
    database = try SQLiteStore.open(at: SampleJobs.path(root))
    store = CountingStore(database)
    engine = Engine(
      EngineParts(
        settings: settings, store: store, time: time, spool: try Spool(root: "\(root)/spool", quota: nil),
        logs: try RunLog(root: "\(root)/logs"),
        providers: [
          ProviderConnection(
            name: "far", provider: provider, maxRunning: nil, settle: .seconds(30), retry: settings.retry, time: time)
        ],
        registries: registries,
        logger: Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }.quieted()))
  }

  func close() async throws {
    await engine.stop()
    try await database.close()
  }
}

extension Logger {
  fileprivate func quieted() -> Logger {
    var logger = self
    logger.logLevel = .warning
    return logger
  }
}

/// What watching costs when nothing happens: started on a full store, left alone, then looked at for a while.
struct Supervision {
  private let root: String
  private let settle: Int
  private let seconds: Int

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    settle = try arguments.number("settle", or: 20)
    seconds = try arguments.number("seconds", or: 60)
  }

  func run() async throws {
    let bench = try await BenchEngine(root: root)
    Report.line("resident-empty", ProcessFigures.resident)
    let begun = Clock.now
    try await bench.engine.start()
    Report.line("start-seconds", Clock.now - begun)
    let service = Task { await bench.engine.run() }
    try await Clock.pause(Double(settle))
    Report.line("watched", await bench.engine.providerStatus("far")?.running ?? 0)
    Report.line("awake", await bench.engine.awakeCount)
    Report.line("settle-processor", Clock.processor)
    Report.line("settle-calls", bench.provider.calls.observe)
    Report.line("settle-commits", bench.store.calls.commits)
    Report.line("settle-reads", bench.store.calls.reads)
    let before = (
      Clock.now, Clock.processor, ProcessFigures.sleeps, bench.provider.calls, bench.store.calls
    )
    try await Clock.pause(Double(seconds))
    let passed = Clock.now - before.0
    Report.line("idle-percent", (Clock.processor - before.1) / passed * 100)
    Report.line("idle-wakeups", Double(ProcessFigures.sleeps - before.2) / passed)
    Report.line("idle-calls", bench.provider.calls.observe - before.3.observe)
    Report.line("idle-handles", bench.provider.calls.handles - before.3.handles)
    Report.line("idle-other-calls", bench.provider.calls.other - before.3.other)
    Report.line("idle-commits", bench.store.calls.commits - before.4.commits)
    Report.line("idle-reads", bench.store.calls.reads - before.4.reads)
    Report.line("resident", ProcessFigures.resident)
    Report.line("anonymous", ProcessFigures.anonymous)
    Report.line("peak", ProcessFigures.peak)
    service.cancel()
    await service.value
    try await bench.close()
  }
}
