public import Glibc
internal import Synchronization

/// A program that was started, as a process of its own.
public final class RealProcess: Sendable {
  /// How it ended.
  public enum Exit: Hashable, Sendable {
    case status(Int32)
    case signal(Int32)
  }

  public let pid: pid_t
  private let ended = Mutex<Exit?>(nil)

  public struct NotStarted: Error {
    public var program: String
    public var error: Int32
  }

  /// - Parameters:
  ///   - arguments: the program's path first.
  ///   - output: the file that standard output and error are appended to.
  public init(_ arguments: [String], environment: [String: String], output: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var argv = arguments.map { strdup($0) } + [nil]
    var envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid = pid_t()
    let error = posix_spawn(&pid, arguments[0], &actions, nil, &argv, &envp)
    guard error == 0 else { throw NotStarted(program: arguments[0], error: error) }
    self.pid = pid
  }

  /// How it ended; `nil` while it runs.
  public var exit: Exit? {
    ended.withLock { ended in
      if let ended { return ended }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
      ended = status & 0x7f == 0 ? .status((status >> 8) & 0xff) : .signal(status & 0x7f)
      return ended
    }
  }

  /// Sends it a signal, unless it has ended.
  public func send(_ signal: Int32) {
    // Until it is reaped the number is its own.
    ended.withLock { ended in
      if ended == nil { _ = Glibc.kill(pid, signal) }
    }
  }
}
