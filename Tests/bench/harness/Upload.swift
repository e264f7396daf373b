import Glibc
import TrainCore
import TrainDaemon
import TrainEngine
import TrainRegistries
import TrainTransport

/// One publication by the engine, from a started daemon to `done`: look-ups, parts, their durable receipts, the digest,
/// the registered version. ``SpoolDigests`` has put the artifact into the spool.
struct Upload {
  struct Failed: Error, CustomStringConvertible {
    var description: String
  }

  private let root: String
  private let connection: ConnectionConfig
  private let options: JSON
  private let artifact: Artifact

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    connection = ConnectionConfig(
      name: "registry", kind: try arguments.text("kind"),
      settings: try Self.json(arguments.text("settings"), "settings"))
    options = try Self.json(arguments.text("options", or: "{}"), "options")
    let digests = FileDigests(
      sha256: try arguments.text("sha256"), md5: try arguments.text("md5"),
      crc32c: UInt32(try arguments.number("crc32c", or: 0)), crc32: UInt32(try arguments.number("crc32", or: 0)))
    artifact = Artifact(
      files: [
        Artifact.File(
          path: SpoolDigests.path, bytes: Int64(try arguments.number("bytes", or: 0)), digests: digests)
      ], sha256OfManifest: { $0 })
  }

  func run() async throws {
    let time = SystemTime()
    let backend = try PeerBackend(connection, time: time)
    let bench = try await BenchEngine(
      root: root,
      registries: [
        RegistryConnection(
          name: connection.name, registry: backend.registry, settle: .seconds(30), concurrent: 4, retry: RetryPolicy(),
          time: time)
      ])
    let job = trained(at: time.now)
    _ = try await bench.store.create([SampleJobs.new(job)])
    ProcessFigures.forgetPeak()
    let (begun, processor, idle) = (Clock.now, Clock.processor, ProcessFigures.resident)
    try await bench.engine.start()
    try await finished(job.id, bench)
    Report.line("seconds", Clock.now - begun)
    Report.line("processor", Clock.processor - processor)
    Report.line("idle", idle)
    Report.line("peak", ProcessFigures.peak)
    Report.line("commits", bench.store.calls.commits)
    await backend.shutdown()
    try await bench.close()
  }

  private static func json(_ text: String, _ name: String) throws -> JSON {
    guard let json = JSON(parsing: text), json.object != nil else {
      throw Arguments.Missing(description: "--\(name) must be an object in JSON, not \(text)")
    }
    return json
  }

  /// A job whose training is over and whose artifact lies in the spool.
  private func trained(at now: Timestamp) -> JobRecord {
    let job = SpoolDigests.job
    var record = SampleJobs.queued(
      "bench", publish: [.init(registry: connection.name, options: options)], at: now)
    record.id = job
    for event in [
      .admitted, .submitAsked(attempt: 1), .submitted(attempt: 1, ProviderHandle(reference: "1")),
      .observed(attempt: 1, Observation(.succeeded, hasRun: true)), .logsCopied(attempt: 1),
      .fetched(attempt: 1, artifact),
    ] as [JobEvent] {
      _ = record.machine.handle(event, at: now)
    }
    return record
  }

  private func finished(_ id: JobID, _ bench: BenchEngine) async throws {
    for await _ in await bench.engine.feed.updates() {
      guard let record = try await bench.store.job(id) else { continue }
      switch record.machine.state {
      case .done: return
      case .failed(_, let message), .cancelled(_, let message): throw Failed(description: message)
      default: continue
      }
    }
  }
}
