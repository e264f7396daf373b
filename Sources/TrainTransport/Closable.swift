/// Something that holds connections, to be closed before the last reference to it goes.
public protocol Closable: Sendable {
  /// Ends what is in flight and closes all connections. May be called more than once.
  func shutdown() async
}
