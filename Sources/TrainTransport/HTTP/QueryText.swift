internal import TrainCore

/// The query of a URL as pairs, in their order, repetitions included.
public enum QueryText {
  /// `a=1&b=x%20y`; empty for no pairs. Everything but RFC 3986's unreserved characters is escaped.
  public static func encode(_ pairs: [(name: String, value: String)]) -> String {
    pairs.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&")
  }

  /// The pairs of a URL's query; `nil` when there is no query, or it is not well-formed. `+` is a space, as forms
  /// write it.
  public static func decode(queryOf url: String) -> [(name: String, value: String)]? {
    guard let start = url.firstIndex(of: "?") else { return nil }
    let query = url[url.index(after: start)...].prefix { $0 != "#" }
    var pairs: [(name: String, value: String)] = []
    for pair in query.split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = unescape(sides[0]), let value = unescape(sides.count == 2 ? sides[1] : "") else { return nil }
      pairs.append((name, value))
    }
    return pairs
  }

  private static func unescape(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard rest.count >= 2, let digits = String(rest.prefix(2)), let value = UInt8(digits, radix: 16) else {
          return nil
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
