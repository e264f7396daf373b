/// An HTTP proxy that gRPC connections are tunnelled through (CONNECT).
public struct GRPCProxy: Sendable {
  public var host: String
  public var port: Int
  /// The value of `proxy-authorization`; a secret.
  public var authorization: String?

  public init(host: String, port: Int, authorization: String? = nil) {
    self.host = host
    self.port = port
    self.authorization = authorization
  }
}
