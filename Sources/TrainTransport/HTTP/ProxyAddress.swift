internal import AsyncHTTPClient
internal import FoundationEssentials
internal import TrainCore

/// A proxy's URL as AsyncHTTPClient wants it.
enum ProxyAddress {
  /// `http://[user:password@]host[:port]`, `host:port` or `socks5://host[:port]`.
  static func parse(_ text: String) throws(Fault) -> HTTPClient.Configuration.Proxy {
    let written = text.contains("://") ? text : "http://\(text)"
    guard let url = URL(string: written), let host = url.host, !host.isEmpty, let scheme = url.scheme?.lowercased()
    else {
      throw .permanent(.rejected, "a proxy's URL cannot be read", hint: "write it as http://host:port")
    }
    switch scheme {
    case "http":
      var authorization: HTTPClient.Authorization?
      if let user = url.user(percentEncoded: false) {
        authorization = .basic(username: user, password: url.password(percentEncoded: false) ?? "")
      }
      return .server(host: host, port: url.port ?? 80, authorization: authorization)
    case "socks5", "socks5h", "socks":
      return .socksServer(host: host, port: url.port ?? 1080)
    default:
      throw .permanent(
        .unsupported, "a proxy with '\(scheme)://' in front of \(host) is not supported",
        hint: "use http://host:port (TLS to the far side passes through it) or socks5://host:port")
    }
  }
}
