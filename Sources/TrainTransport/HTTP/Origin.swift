internal import FoundationEssentials

/// Scheme, host and port of a URL: what may be shown of one.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
  /// Lower case.
  public var scheme: String
  /// Lower case, without brackets.
  public var host: String
  public var port: Int

  /// `nil` unless `url` is an absolute `http` or `https` URL with a host.
  public init?(_ url: String) {
    guard let url = URL(string: url), let scheme = url.scheme?.lowercased(), let host = url.host, !host.isEmpty,
      host.utf8.allSatisfy(Origin.mayBeInHost)
    else { return nil }
    switch scheme {
    case "https": port = url.port ?? 443
    case "http": port = url.port ?? 80
    default: return nil
    }
    self.scheme = scheme
    self.host = host.lowercased()
  }

  /// A host comes decoded: what was written `%2F` must not look like the beginning of a path.
  private static func mayBeInHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: ":"), 0x80...:
      true
    default: false
    }
  }

  public var description: String {
    let shown = host.contains(":") ? "[\(host)]" : host
    let isUsual = (scheme == "https" && port == 443) || (scheme == "http" && port == 80)
    return isUsual ? "\(scheme)://\(shown)" : "\(scheme)://\(shown):\(port)"
  }
}
