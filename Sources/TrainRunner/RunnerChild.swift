internal import CProcess
internal import Glibc
internal import Synchronization

/// A runner as a child of this process: it ends when this process does.
public final class RunnerChild: Sendable {
  public let pid: Int32
  private let lifeline: Mutex<Descriptor?>
  private let isReaped = Mutex(false)

  /// - Parameter executable: the path of traind-runner.
  /// - Parameter listener: the socket that it serves; callers wait in its queue while there is no runner.
  /// - Parameter directory: where it keeps jobs.
  /// - Parameter environment: what it gets beside `PATH`.
  public init(executable: String, listener: Descriptor, directory: String, environment: [String: String] = [:])
    throws(RunnerError)
  {
    let (reading, writing) = try Descriptor.pipe()
    guard let null = try Descriptor.open("/dev/null", O_RDWR) else {
      throw RunnerError(.io, "opening /dev/null: it is not there")
    }
    let complaints = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    let stderr = complaints >= 0 ? Descriptor(adopting: complaints) : null
    pid = try spawn(
      executable,
      arguments: ["traind-runner", "serve", "--listen-fd", "3", "--while-stdin", "--directory", directory],
      environment: environment.merging(["PATH": CommandEnvironment.path]) { $1 },
      descriptors: [reading, null, stderr, listener])
    lifeline = Mutex(writing)
  }

  /// Asks it to end. Its jobs go on.
  public func end() { lifeline.withLock { $0 = nil } }

  /// Ends it at once. Its jobs go on.
  public func kill() {
    isReaped.withLock { isReaped in
      if !isReaped { _ = Glibc.kill(pid, SIGKILL) }
    }
  }

  /// Blocks until it has ended; called once. Returns how: `status 1`, `signal 9`.
  public func wait() -> String {
    // Waiting does not reap: until the line after it, the number is this child's.
    var information = siginfo_t()
    _ = retrying { waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) }
    var status: Int32 = 0
    isReaped.withLock { isReaped in
      isReaped = true
      _ = retrying { waitpid(pid, &status, 0) }
    }
    return status & 0x7f == 0 ? "status \((status >> 8) & 0xff)" : "signal \(status & 0x7f)"
  }
}
