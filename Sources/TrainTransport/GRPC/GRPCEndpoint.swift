public import TrainCore

/// Where a gRPC service listens: `https://host[:port]` speaks TLS, `http://host[:port]` plain text with prior knowledge (h2c).
public struct GRPCEndpoint: Hashable, Sendable, CustomStringConvertible {
  public var host: String
  public var port: Int
  public var isPlaintext: Bool

  public init(host: String, port: Int, isPlaintext: Bool) {
    self.host = host
    self.port = port
    self.isPlaintext = isPlaintext
  }

  /// - Throws: a permanent `rejected` fault that says what is wrong with the text.
  public init(_ url: String) throws(Fault) {
    let plaintext: Bool
    let rest: Substring
    if url.hasPrefix("https://") {
      (plaintext, rest) = (false, url.dropFirst("https://".count))
    } else if url.hasPrefix("http://") {
      (plaintext, rest) = (true, url.dropFirst("http://".count))
    } else {
      throw GRPCEndpoint.bad(url, "it must start with https:// or http://")
    }
    let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
    if authority.contains("@") { throw GRPCEndpoint.bad("the endpoint", "it must not hold a user or a password") }
    if authority.contains(where: { "/?#".contains($0) }) {
      throw GRPCEndpoint.bad(url, "gRPC takes a host and a port, no path")
    }
    guard let (host, port) = GRPCEndpoint.split(authority) else {
      throw GRPCEndpoint.bad(url, "it names no host, or its port is not a number from 1 to 65535")
    }
    self.init(host: host, port: port ?? (plaintext ? 80 : 443), isPlaintext: plaintext)
  }

  /// `host`, `host:port`, `[v6]` or `[v6]:port`; the host comes back without brackets.
  static func split(_ authority: Substring) -> (host: String, port: Int?)? {
    var host = authority
    var port: Int?
    if authority.hasPrefix("[") {
      guard let end = authority.firstIndex(of: "]") else { return nil }
      host = authority[authority.index(after: authority.startIndex)..<end]
      let tail = authority[authority.index(after: end)...]
      if !tail.isEmpty {
        guard tail.hasPrefix(":"), let number = Int(tail.dropFirst()) else { return nil }
        port = number
      }
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      guard let number = Int(authority[authority.index(after: colon)...]) else { return nil }
      port = number
    }
    guard !host.isEmpty, port.map({ (1...65535).contains($0) }) ?? true else { return nil }
    return (String(host), port)
  }

  private static func bad(_ url: String, _ why: String) -> Fault {
    .permanent(
      .rejected, "reading the endpoint \(url): \(why)",
      hint: "write it as https://app.viam.com or http://127.0.0.1:8080")
  }

  /// What `:authority` and a proxy's CONNECT carry; the port always written.
  var hostAndPort: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// What `:authority` carries: the port only where it is not the scheme's own.
  var authority: String {
    if port != (isPlaintext ? 80 : 443) { return hostAndPort }
    return host.contains(":") ? "[\(host)]" : host
  }

  public var description: String { "\(isPlaintext ? "http" : "https")://\(authority)" }
}
