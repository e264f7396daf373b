internal import Glibc

/// Why a call of the runner failed. It crosses the socket as it is.
public struct RunnerError: Error, Hashable, Sendable, Codable {
  /// A stable word: part of the wire.
  public struct Code: RawRepresentable, Hashable, Sendable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The message makes no sense.
    public static let badRequest = Code(rawValue: "bad-request")
    /// Runner and daemon are of different releases.
    public static let unsupportedVersion = Code(rawValue: "unsupported-version")
    /// The peer's uid may not use the runner.
    public static let notPermitted = Code(rawValue: "not-permitted")
    /// There is no such key.
    public static let unknownKey = Code(rawValue: "unknown-key")
    /// The key belongs to something else.
    public static let conflict = Code(rawValue: "conflict")
    /// The command has not ended.
    public static let running = Code(rawValue: "running")
    /// The command has not written anything.
    public static let nothingWritten = Code(rawValue: "nothing-written")
    /// What the command wrote can't be an artifact.
    public static let badOutput = Code(rawValue: "bad-output")
    /// A file is not what it was when it was listed.
    public static let changed = Code(rawValue: "changed")
    /// A record on the disk can't be understood.
    public static let unreadable = Code(rawValue: "unreadable")
    /// Too many connections.
    public static let busy = Code(rawValue: "busy")
    public static let diskFull = Code(rawValue: "disk-full")
    public static let io = Code(rawValue: "io")

    /// Nobody listens: the call was not made. Never crosses the socket, like those below.
    public static let unreachable = Code(rawValue: "unreachable")
    public static let timeout = Code(rawValue: "timeout")
    /// The connection ended in the middle of the call.
    public static let disconnected = Code(rawValue: "disconnected")
    public static let badAnswer = Code(rawValue: "bad-answer")
    public static let interrupted = Code(rawValue: "interrupted")
  }

  public var code: Code
  /// What was being done, to what, and why it failed.
  public var message: String
  /// What to do next.
  public var hint: String?

  public init(_ code: Code, _ message: String, hint: String? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  /// A system call that failed, from `errno`.
  static func system(_ doing: String, _ error: Int32 = errno) -> RunnerError {
    RunnerError(error == ENOSPC || error == EDQUOT ? .diskFull : .io, "\(doing): \(text(of: error))")
  }

  static func text(of error: Int32) -> String { String(cString: strerror(error)) }
}

/// One line on standard error, for whoever looks after the runner.
func complain(_ error: RunnerError) {
  let line = "traind-runner: \(error.message)\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
}
