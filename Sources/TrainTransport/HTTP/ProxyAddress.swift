internal import AsyncHTTPClient
internal import FoundationEssentials
internal import TrainCore

/// A proxy's URL, taken apart.
struct ProxyAddress: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Reached in plain text; TLS to the far side passes through it.
    case http
    case socks
  }

  var kind: Kind
  var host: String
  var port: Int
  var user: String?
  var password: Secret?

  /// `http://[user:password@]host[:port]`, `host:port` or `socks5://host[:port]`. Permanent fault otherwise; it does
  /// not quote the URL, which may hold a password.
  init(_ text: String) throws(Fault) {
    let written = text.contains("://") ? text : "http://\(text)"
    guard let url = URL(string: written), let host = url.host, !host.isEmpty, let scheme = url.scheme?.lowercased()
    else {
      throw .permanent(.rejected, "a proxy's URL cannot be read", hint: "write it as http://host:port")
    }
    switch scheme {
    case "http":
      kind = .http
      port = url.port ?? 80
    case "socks5", "socks5h", "socks":
      kind = .socks
      port = url.port ?? 1080
    default:
      throw .permanent(
        .unsupported, "a proxy with '\(scheme)://' in front of \(host) is not supported",
        hint: "use http://host:port (TLS to the far side passes through it) or socks5://host:port")
    }
    self.host = host
    user = url.user(percentEncoded: false)
    password = url.password(percentEncoded: false).map(Secret.init)
  }

  var configuration: HTTPClient.Configuration.Proxy {
    switch kind {
    case .http:
      let authorization = user.map {
        HTTPClient.Authorization.basic(username: $0, password: password?.reveal() ?? "")
      }
      return .server(host: host, port: port, authorization: authorization)
    case .socks: return .socksServer(host: host, port: port)
    }
  }
}
