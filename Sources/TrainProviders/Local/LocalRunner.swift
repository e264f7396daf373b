internal import Dispatch
internal import Synchronization
public import TrainCore
internal import TrainRunner

/// A traind-runner as the daemon's child, started again whenever it ends. Its jobs are not its children: they go on
/// whatever becomes of it or of the daemon, and the next one finds them.
///
/// The socket is made here and handed down: callers wait in its queue while a runner starts.
public final class LocalRunner: Sendable {
  private struct State {
    var child: RunnerChild?
    var isStopping = false
    var trouble: String?
    /// Ends the pause between two starts.
    var pause: Task<Void, Never>?
  }

  private static let firstPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(10)
  /// A runner that lived this long started well.
  private static let settled = Duration.seconds(5)
  private static let killDelay = 5

  private let executable: String
  private let socket: String
  private let directory: String
  private let listener: Descriptor
  private let time: any TimeSource
  private let boundary: Boundary
  /// What the runner gets beside what it needs.
  private let environment: [String: String]
  private let report: @Sendable (String) -> Void
  private let state = Mutex(State())

  /// Listens at once; ``run()`` starts the runner. The caller holds the lock of the state and runtime directories.
  ///
  /// - Parameter executable: the path of traind-runner.
  /// - Parameter socket: where to listen; its directory is there. What is there is replaced.
  /// - Parameter directory: where the runner keeps jobs; its parent is there.
  /// - Parameter environment: what the runner and its shims get beside what they need.
  /// - Parameter report: told of each runner that ended or could not be started, for the log.
  public init(
    executable: String, socket: String, directory: String, time: any TimeSource,
    boundary: Boundary = Boundary(), environment: [String: String] = [:],
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(Fault) {
    self.executable = executable
    self.socket = socket
    self.directory = directory
    self.time = time
    self.boundary = boundary
    self.environment = environment
    self.report = report
    do throws(RunnerError) {
      listener = try boundary.cross(.localListen) { () throws(RunnerError) -> Descriptor in
        try UnixSocket.listen(at: socket, open: false)
      }
    } catch {
      throw LocalCalls.fault(error, "preparing the runner of local jobs")
    }
  }

  /// For ``LocalProvider/init(runner:time:)``.
  public var access: RunnerAccess {
    RunnerAccess(socket: socket) { [self] in state.withLock { $0.trouble } }
  }

  /// Keeps a runner running until ``shutdown()`` or the task is cancelled; returns once it has ended.
  public func run() async {
    await withTaskCancellationHandler {
      await keep()
    } onCancel: {
      shutdown()
    }
  }

  /// Lets the runner end. Jobs go on.
  public func shutdown() {
    let child = state.withLock { state in
      state.isStopping = true
      state.child?.end()
      state.pause?.cancel()
      return state.child
    }
    // It is to end by itself, but nobody waits for one that hangs.
    DispatchQueue(label: "traind.local.runner").asyncAfter(deadline: .now() + .seconds(LocalRunner.killDelay)) {
      child?.kill()
    }
  }

  private func keep() async {
    var pause = LocalRunner.firstPause
    while !state.withLock({ $0.isStopping }) {
      let began = time.monotonic
      let ending: String
      do throws(RunnerError) {
        ending = "it ended with \(try await serve())"
      } catch {
        ending = error.message
        state.withLock { $0.trouble = ending }
      }
      if state.withLock({ $0.isStopping }) { return }
      let wasSettled = time.monotonic - began >= LocalRunner.settled
      if wasSettled { pause = LocalRunner.firstPause }
      report("the runner of local jobs is started again: \(ending)")
      // One that fails at once fails again: say so, rather than let callers wait for it.
      if !wasSettled && pause > LocalRunner.firstPause { state.withLock { $0.trouble = ending } }
      await rest(pause)
      pause = min(pause * 2, LocalRunner.longestPause)
    }
  }

  /// Runs one runner to its end.
  private func serve() async throws(RunnerError) -> String {
    let child = try boundary.cross(.localSpawn) { () throws(RunnerError) -> RunnerChild in
      try RunnerChild(
        executable: executable, listener: listener, directory: directory, environment: environment)
    }
    let isStopping = state.withLock { state in
      state.child = child
      return state.isStopping
    }
    if isStopping { child.end() }
    if state.withLock({ $0.trouble != nil }) { probe() }
    let ending = await withCheckedContinuation { continuation in
      DispatchQueue(label: "traind.local.runner").async { continuation.resume(returning: child.wait()) }
    }
    state.withLock { $0.child = nil }
    return ending
  }

  /// The trouble is over when a runner answers.
  private func probe() {
    let client = RunnerClient(socket: socket)
    DispatchQueue(label: "traind.local.runner").async { [self] in
      if (try? client.list(limit: 0)) != nil { state.withLock { $0.trouble = nil } }
    }
  }

  private func rest(_ pause: Duration) async {
    let time = time
    let deadline = time.monotonic + pause
    let rest = Task { _ = try? await time.sleep(until: deadline) }
    let isStopping = state.withLock { state in
      state.pause = rest
      return state.isStopping
    }
    if isStopping { rest.cancel() }
    await rest.value
  }
}
