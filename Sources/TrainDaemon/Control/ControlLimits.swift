/// What a peer can make grow, and how long it may take.
public struct ControlLimits: Hashable, Sendable {
  /// Bytes of a request's body.
  public var body = 1 << 20
  /// Bytes of one part of a file that a client uploads.
  public var part = 8 << 20
  /// Bytes of all headers of a request, the request line not counted.
  public var headers = 32 << 10
  /// Connections of peers who may do something.
  public var connections = 256
  /// Of those, connections of peers who may only read: operators are never locked out.
  public var observers = 192
  /// Connections of all other peers, who only ever learn that they may not.
  public var strangers = 16
  /// From the connection, or the last answer, until the next request is here whole.
  public var request = Duration.seconds(30)
  /// For a peer to take what was written.
  public var write = Duration.seconds(30)
  /// Between blank lines in an event stream on which nothing happens.
  public var heartbeat = Duration.seconds(15)
  /// For requests under way when the daemon stops.
  public var grace = Duration.seconds(5)
  /// Events read from the store at once.
  public var page = 500

  public init() {}
}
