/// Why the daemon does not start or must end, with the exit status that says so.
public struct DaemonFailure: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Status: Int32, Sendable {
    case failed = 1
    /// Another instance has the state directory.
    case tryAgain = 75
    case badConfiguration = 78
  }

  public var status: Status
  public var message: String
  public var hint: String?

  public init(_ status: Status, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }

  public var description: String {
    hint.map { "traind: \(message)\nhint: \($0)" } ?? "traind: \(message)"
  }
}
