extension String {
  /// For a path or a query of a URL (RFC 3986, 2.1): every byte of its UTF-8 but letters, digits, `-._~` and those in
  /// `keeping` as `%XX`.
  public func percentEncoded(keeping kept: String = "") -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let plain = Set("-._~\(kept)".utf8)
    var bytes: [UInt8] = []
    for byte in utf8 {
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || plain.contains(byte)
      bytes += isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
