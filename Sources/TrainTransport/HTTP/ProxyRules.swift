public import TrainCore

/// Which proxy, if any, a URL is reached through.
public struct ProxyRules: Sendable, Hashable {
  private var fixed: String?
  private var https: String?
  private var http: String?
  private var except: [String]

  /// No proxy at all.
  public static let none = ProxyRules(https: nil, http: nil, except: nil)

  /// The values of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (or their lower-case forms).
  /// `NO_PROXY` holds names (with or without a leading dot: the domain and what is below it), addresses, each with or
  /// without a port, or `*`. Loopback is always reached directly.
  public init(https: String?, http: String?, except: String?) {
    self.https = https.flatMap { $0.isEmpty ? nil : $0 }
    self.http = http.flatMap { $0.isEmpty ? nil : $0 }
    self.except = (except ?? "").lowercased().split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
  }

  /// The rules for one connection: its own proxy for everything, else these.
  public func `for`(_ connection: ConnectionConfig) -> ProxyRules {
    guard let proxy = connection.proxy else { return self }
    var rules = ProxyRules.none
    rules.fixed = proxy
    return rules
  }

  func proxy(for origin: Origin) -> String? {
    if let fixed { return fixed }
    guard let proxy = origin.scheme == "https" ? https : http, !isExcepted(origin) else { return nil }
    return proxy
  }

  private func isExcepted(_ origin: Origin) -> Bool {
    if origin.host == "localhost" || origin.host == "::1" || origin.host.hasPrefix("127.") { return true }
    return except.contains { entry in
      if entry == "*" { return true }
      var name = entry[...]
      if let colon = name.lastIndex(of: ":"), let port = Int(name[name.index(after: colon)...]),
        name.firstIndex(of: ":") == colon
      {
        guard port == origin.port else { return false }
        name = name[..<colon]
      }
      if name.hasPrefix("*.") { name = name.dropFirst() }
      if name.hasPrefix(".") { name = name.dropFirst() }
      return !name.isEmpty && (origin.host == name || origin.host.hasSuffix(".\(name)"))
    }
  }
}
