internal import FoundationEssentials
public import Glibc
internal import Synchronization
public import TrainControl
public import TrainCore

/// The real `traind` in directories of its own, for one test: started, asked, killed, and started again.
///
///     try await RealDaemon.with(config: "poll: {fastest: 100ms}") { daemon in
///       try daemon.write(spec: "a", "provider: here\nmodel: {version: '1'}\ntrain: {command: [/bin/true]}")
///       try await daemon.start()
///       try await daemon.kill()
///       try await daemon.start()
///       try await daemon.wait(for: JobID("a@1"), toBe: .done)
///     }
public final class RealDaemon: Sendable {
  /// Holds `config/`, `state/`, `run/` and `log`.
  public let root: String
  private let running = Mutex<RealProcess?>(nil)
  private let notices: NoticeSocket
  /// The present life said READY=1.
  private let isReady = Mutex(false)

  public var configDirectory: String { "\(root)/config" }
  public var stateDirectory: String { "\(root)/state" }
  public var runtimeDirectory: String { "\(root)/run" }
  public var socket: String { "\(runtimeDirectory)/control.sock" }

  public struct Died: Error, CustomStringConvertible {
    public var exit: RealProcess.Exit
    public var log: String

    public init(exit: RealProcess.Exit, log: String) {
      self.exit = exit
      self.log = log
    }

    public var description: String { "traind ended with \(exit):\n\(log)" }
  }

  /// - Parameter root: is there, and is the daemon's alone.
  /// - Parameter config: `traind.yaml`.
  public init(root: String, config: String) throws {
    self.root = root
    notices = try NoticeSocket(at: "\(root)/notices")
    try FileManager.default.createDirectory(
      atPath: "\(configDirectory)/jobs.d", withIntermediateDirectories: true)
    try write(config: config)
  }

  /// A daemon in a temporary directory, which goes with everything that still runs in it.
  public static func with<Answer>(
    config: String, _ work: (RealDaemon) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      let daemon = try RealDaemon(root: directory, config: config)
      do {
        let answer = try await work(daemon)
        try await daemon.end()
        return answer
      } catch {
        try? await daemon.end()
        throw error
      }
    }
  }

  // Its files.

  public func write(config: String) throws { try Self.write(config, to: "\(configDirectory)/traind.yaml") }
  /// Keys beside those of `traind.yaml`.
  public func write(config: String, as name: String) throws {
    let folder = "\(configDirectory)/traind.yaml.d"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Self.write(config, to: "\(folder)/\(name).yaml")
  }
  public func write(spec name: String, _ text: String) throws {
    try Self.write(text, to: "\(configDirectory)/jobs.d/\(name).yaml")
  }
  public func remove(spec name: String) throws {
    try FileManager.default.removeItem(atPath: "\(configDirectory)/jobs.d/\(name).yaml")
  }

  /// What all its lives have written to standard error.
  public var log: String { Self.text(of: "\(root)/log") }

  public static func text(of path: String) -> String {
    guard let data = FileManager.default.contents(atPath: path) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func write(_ text: String, to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
      throw RealProcess.NotStarted(program: path, error: errno)
    }
  }

  // Its life.

  /// Starts it and does not wait for anything.
  /// - Parameters:
  ///   - environment: beside `PATH`.
  ///   - wrapper: a program, and its arguments, that the daemon is started by: `["/usr/bin/prlimit", "--nofile=40"]`.
  public func launch(environment: [String: String] = [:], arguments: [String] = [], wrapper: [String] = []) throws {
    let command =
      wrapper + [
        Programs.traind, "--config-dir", configDirectory, "--state-dir", stateDirectory, "--runtime-dir",
        runtimeDirectory, "--log", "stderr",
      ] + arguments
    let basics = [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NOTIFY_SOCKET": notices.path,
    ]
    _ = notices.received()
    isReady.withLock { $0 = false }
    let process = try RealProcess(
      command, environment: environment.merging(basics) { given, _ in given }, output: "\(root)/log")
    running.withLock { $0 = process }
  }

  /// Starts it and waits until it says that it is ready: it answers, and has applied its specs.
  /// - Throws: ``Died`` when it ended instead.
  public func start(
    environment: [String: String] = [:], arguments: [String] = [], wrapper: [String] = []
  ) async throws {
    try launch(environment: environment, arguments: arguments, wrapper: wrapper)
    try await ready()
  }

  /// Waits until it has said that it is ready.
  public func ready(within limit: Duration = .seconds(60)) async throws {
    try await Patience.wait(for: "traind to be ready", within: limit) { () -> Void? in
      if notices.received().contains(where: { $0.contains("READY=1") }) { isReady.withLock { $0 = true } }
      if isReady.withLock({ $0 }) { return () }
      if let exit = self.exit { throw Died(exit: exit, log: log) }
      return nil
    }
  }

  public var pid: pid_t? { running.withLock { $0?.pid } }
  /// How its last life ended; `nil` while it lives, or before the first.
  public var exit: RealProcess.Exit? { running.withLock { $0?.exit } }
  public func send(_ signal: Int32) { running.withLock { $0?.send(signal) } }

  /// Waits for its end.
  @discardableResult
  public func ended(within limit: Duration = .seconds(60)) async throws -> RealProcess.Exit {
    try await Patience.wait(for: "traind to end", within: limit, every: .milliseconds(2)) { self.exit }
  }

  /// As a power cut would, as far as a process can.
  @discardableResult
  public func kill() async throws -> RealProcess.Exit {
    send(SIGKILL)
    return try await ended()
  }

  /// Asks it to stop, and waits.
  @discardableResult
  public func stop() async throws -> RealProcess.Exit {
    send(SIGTERM)
    return try await ended()
  }

  /// Ends it, and whatever it left running.
  public func end() async throws {
    if exit == nil, pid != nil { try await kill() }
    // Shims outlive their daemon, and end with their commands. Those of this directory are ours.
    for pid in ProcessTable.mentioning(root) { _ = Glibc.kill(pid, SIGKILL) }
  }

  // What it says.

  public var client: ControlClient { ControlClient(path: socket, timeout: .seconds(60)) }

  /// Asks off the cooperative threads: the client blocks.
  public func ask<Answer: Sendable>(
    _ work: @escaping @Sendable (ControlClient) throws(ControlError) -> Answer
  ) async throws -> Answer {
    let client = client
    return try await Offside.run { try work(client) }
  }

  public func get(_ path: String, _ query: [(String, String?)] = []) async throws {
    _ = try await ask { (client) throws(ControlError) in try client.get(path, query).bytes }
  }

  /// - Parameter body: a request's JSON, or what the path takes.
  @discardableResult
  public func post(
    _ path: String, _ query: [(String, String)] = [], _ body: String = "", contentType: String = "application/json"
  ) async throws -> [UInt8] {
    let query = query.map { ($0.0, Optional($0.1)) }
    return try await ask { (client) throws(ControlError) in
      try client.post(path, query, Array(body.utf8), contentType: contentType).bytes
    }
  }

  public func status() async throws -> StatusView {
    try await ask { (client) throws(ControlError) in try client.get("/v1/status").value() }
  }

  /// Newest first; all that there are.
  public func jobs() async throws -> [JobView] {
    let list: JobListView = try await ask { (client) throws(ControlError) in
      try client.get(ControlPath.jobs, [("all", "1")]).value()
    }
    return list.jobs
  }

  public func job(_ id: JobID) async throws -> JobView {
    try await ask { (client) throws(ControlError) in try client.get(ControlPath.job(id)).value() }
  }

  /// Returns once the daemon has said that it was taken.
  public func cancel(_ id: JobID) async throws { try await post(ControlPath.job(id, "cancel")) }

  public func events(of job: JobID) async throws -> [EventView] {
    let bytes = try await ask { (client) throws(ControlError) in
      try client.get(ControlPath.events, [("job", job.description)]).bytes
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
      try EventView(try JSON.parse(Array(line), what: "an event"))
    }
  }

  /// Waits until a job is in a state.
  @discardableResult
  public func wait(
    for id: JobID, toBe word: JobState.Word, within limit: Duration = .seconds(60)
  ) async throws -> JobView {
    try await Patience.wait(for: "\(id) to be \(word.rawValue)", within: limit, every: .milliseconds(25)) {
      if let exit = self.exit { throw Died(exit: exit, log: log) }
      let view = try await self.job(id)
      return view.state == word ? view : nil
    }
  }
}
