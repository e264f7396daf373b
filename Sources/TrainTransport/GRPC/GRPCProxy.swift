internal import FoundationEssentials
internal import TrainCore

/// An HTTP proxy that a gRPC connection is tunnelled through (CONNECT).
struct GRPCProxy: Sendable {
  var host: String
  var port: Int
  /// The value of `proxy-authorization`.
  var authorization: Secret?

  /// The proxy that `rules` name for `endpoint`, as `http://[user:password@]host[:port]` or `host:port`; `nil` = none.
  init?(for endpoint: GRPCEndpoint, by rules: ProxyRules) throws(Fault) {
    guard let text = rules.proxy(for: endpoint.origin) else { return nil }
    let written = text.contains("://") ? text : "http://\(text)"
    guard let url = URL(string: written), let host = url.host, !host.isEmpty else {
      throw .permanent(.rejected, "a proxy's URL cannot be read", hint: "write it as http://host:port")
    }
    guard url.scheme?.lowercased() == "http" else {
      throw .permanent(
        .unsupported, "gRPC to \(endpoint) cannot go through a proxy with \(url.scheme ?? "")://",
        hint: "use http://host:port (TLS to the far side passes through it), or except \(endpoint.host) in NO_PROXY")
    }
    self.host = host
    port = url.port ?? 80
    guard let user = url.user(percentEncoded: false) else { return }
    let pair = "\(user):\(url.password(percentEncoded: false) ?? "")"
    authorization = Secret("Basic \(Data(pair.utf8).base64EncodedString())")
  }
}
