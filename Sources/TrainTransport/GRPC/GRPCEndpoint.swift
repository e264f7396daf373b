public import TrainCore

/// Where a gRPC service listens: `https://host[:port]` speaks TLS, `http://host[:port]` plain text from the first byte
/// (h2c).
public struct GRPCEndpoint: Hashable, Sendable, CustomStringConvertible {
  let origin: Origin

  var host: String { origin.host }
  var port: Int { origin.port }
  /// Nothing on the way is encrypted.
  public var isPlaintext: Bool { origin.scheme == "http" }

  /// - Throws: a permanent `rejected` fault that says what is wrong with the text.
  public init(_ url: String) throws(Fault) {
    guard let origin = Origin(url) else {
      throw GRPCEndpoint.unusable("it is no http:// or https:// URL with a host")
    }
    guard (1...65535).contains(origin.port) else {
      throw GRPCEndpoint.unusable("\(origin) has no port from 1 to 65535")
    }
    var rest = url.drop { $0 != "/" }.dropFirst(2)
    if rest.hasSuffix("/") { rest.removeLast() }
    guard !rest.contains("@") else { throw GRPCEndpoint.unusable("it holds a user or a password") }
    guard !rest.contains(where: { "/?#".contains($0) }) else {
      throw GRPCEndpoint.unusable("\(origin) is followed by a path, which gRPC has no use for")
    }
    self.origin = origin
  }

  /// Says nothing of the text itself, which may hold a password.
  private static func unusable(_ why: String) -> Fault {
    .permanent(.rejected, "the endpoint cannot be used: \(why)", hint: "write it as https://app.viam.com")
  }

  /// What a proxy's CONNECT names; the port always written.
  var hostAndPort: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// What `:authority` carries: the port only where it is not the scheme's own.
  var authority: String {
    if port != (isPlaintext ? 80 : 443) { return hostAndPort }
    return host.contains(":") ? "[\(host)]" : host
  }

  public var description: String { origin.description }
}
