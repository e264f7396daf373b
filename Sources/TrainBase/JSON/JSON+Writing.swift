extension JSON {
  /// One text for one value: keys sorted by their UTF-8, no white space. What identity digests are taken of.
  /// NaN is `null`, infinities are `1e999` and `-1e999`; see ``finite``.
  public var canonical: String { String(decoding: canonicalBytes, as: UTF8.self) }

  public var canonicalBytes: [UInt8] {
    var writer = JSONWriter(layout: .compact)
    writer.write(self)
    return writer.bytes
  }

  /// ``canonical`` with one member or element on each line, two spaces before it for each level.
  public var pretty: String {
    var writer = JSONWriter(layout: .lines)
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Beyond 2^53 the short form of a whole number (`1e+16`) names another one: it is written in digits, and is read as
  /// a whole number again.
  static func wholeWrittenInDigits(_ value: Double) -> Int64? {
    value.magnitude >= 0x1p53 ? Int64(exactly: value) : nil
  }
}
