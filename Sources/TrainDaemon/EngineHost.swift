internal import Logging
internal import ServiceLifecycle
internal import TrainConfig
internal import TrainCore
internal import TrainEngine

/// Holds the engine and its connections, and puts others in their place on a reload. To the jobs that is a restart:
/// what
/// they owe is in the store, and the new engine takes it up.
actor EngineHost: Service {
  /// What one configuration comes to.
  struct Live: Sendable {
    var config: DaemonConfig
    var files: [String]
    /// What is odd about the configuration and no error.
    var warnings: [String]
    var connections: Connections
    var specs: SpecReader
    var engine: Engine
  }

  /// Why a configuration can't be used, a line each.
  struct Refusal: Error, Sendable {
    var problems: [String]
  }

  /// Reads the configuration and makes everything from it; makes no call.
  private let make: @Sendable (_ inForce: DaemonConfig?) async throws(Refusal) -> Live?
  private let spool: Spool
  private let feed: JobFeed
  private let logger: Logger
  private var live: Live
  private var swap: Task<Void, Never>?
  private var work: Task<Void, Never>?
  private var isStopping = false

  /// - Parameter make: `nil` = nothing changed since `inForce`.
  init(
    _ live: Live, spool: Spool, feed: JobFeed, logger: Logger,
    make: @escaping @Sendable (_ inForce: DaemonConfig?) async throws(Refusal) -> Live?
  ) {
    self.live = live
    self.spool = spool
    self.feed = feed
    self.logger = logger
    self.make = make
  }

  /// What is in force; waits for a reload that is under way.
  func current() async -> Live {
    while let swap { await swap.value }
    return live
  }

  func start() async throws(Fault) { try await begin(live.engine) }

  private func begin(_ engine: Engine) async throws(Fault) {
    try await engine.start()
    work = Task { await engine.run() }
  }

  private func end(_ engine: Engine) async {
    work?.cancel()
    await work?.value
    await engine.stop()
  }

  func run() async throws {
    try? await gracefulShutdown()
    isStopping = true
    while let swap { await swap.value }
    await end(live.engine)
    await feed.finish()
    await live.connections.shutdown()
  }

  /// Returns what changed, as `poll.fastest: "2s" -> "1s"`.
  func reload() async throws(Refusal) -> [String] {
    while let swap { await swap.value }
    guard !isStopping else { throw Refusal(problems: ["the daemon is stopping"]) }
    let old = live
    guard let new = try await make(old.config) else { return [] }
    let swap = Task { await replace(old, with: new) }
    self.swap = swap
    await swap.value
    return JSON.differences(from: old.config.json, to: new.config.json)
  }

  private func replace(_ old: Live, with new: Live) async {
    await end(old.engine)
    await spool.limit(to: new.config.spool.quota)
    live = new
    do throws(Fault) { try await begin(new.engine) } catch {
      // The store can't be read: a new process has to find out why.
      logger.critical("could not go on after a reload", metadata: ["fault": "\(error)"])
      new.engine.fail(error)
    }
    await old.connections.shutdown()
    swap = nil
  }
}
