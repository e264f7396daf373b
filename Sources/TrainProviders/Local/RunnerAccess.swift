/// Where the runner listens.
public struct RunnerAccess: Sendable {
  public var socket: String
  /// Why there is no runner behind the socket right now, where that is known.
  public var trouble: @Sendable () -> String?

  public init(socket: String, trouble: @escaping @Sendable () -> String? = { nil }) {
    self.socket = socket
    self.trouble = trouble
  }
}
