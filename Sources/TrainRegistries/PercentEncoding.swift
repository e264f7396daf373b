/// Percent-encoding as RFC 3986 (2.1) has it and S3's signatures demand it: upper-case hex, of everything but unreserved
/// characters.
enum PercentEncoding {
  /// One component: slashes are encoded too.
  static func component(_ text: some StringProtocol) -> String { encode(text, keepsSlashes: false) }

  static func path(_ text: some StringProtocol) -> String { encode(text, keepsSlashes: true) }

  private static func encode(_ text: some StringProtocol, keepsSlashes: Bool) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      let isKept =
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "~"):
          true
        case UInt8(ascii: "/"): keepsSlashes
        default: false
        }
      if isKept {
        encoded.append(byte)
      } else {
        encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
