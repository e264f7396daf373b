extension JSONParser {
  /// The text of a string whose opening quote is next, byte for byte as it was written.
  mutating func string() throws(JSONError) -> String {
    at += 1
    let start = at
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { at += 1 }
    if next == UInt8(ascii: "\"") {
      at += 1
      return try text(bytes[start..<(at - 1)])
    }
    var unescaped = Array(bytes[start..<at])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        at += 1
        return try text(unescaped)
      case UInt8(ascii: "\\"):
        at += 1
        unescaped.append(contentsOf: String(Character(try escape())).utf8)
      case 0..<0x20: throw problem("a control character must be written \\u00XX")
      default:
        unescaped.append(byte)
        at += 1
      }
    }
    throw problem("the text ends inside a string")
  }

  private func text(_ bytes: some Collection<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw problem("the string before is not UTF-8") }
    return text
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    guard let byte = next else { throw problem("the text ends inside a string") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try escapedScalar()
    default: throw problem("no such escape")
    }
  }

  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let unit = try hexUnit()
    guard UTF16.isLeadSurrogate(unit) else {
      guard let scalar = Unicode.Scalar(unit) else { throw problem("half of a surrogate pair") }
      return scalar
    }
    guard bytes[at...].starts(with: "\\u".utf8) else { throw problem("half of a surrogate pair") }
    at += 2
    let trail = try hexUnit()
    guard UTF16.isTrailSurrogate(trail) else { throw problem("half of a surrogate pair") }
    return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
  }

  /// Four digits and nothing else: `UInt16(_:radix:)` would take a sign.
  private mutating func hexUnit() throws(JSONError) -> UInt16 {
    guard at + 4 <= bytes.count, let pair = Hex.bytes(String(decoding: bytes[at..<(at + 4)], as: UTF8.self)),
      pair.count == 2
    else { throw problem("four hexadecimal digits should be here") }
    at += 4
    return UInt16(pair[0]) << 8 | UInt16(pair[1])
  }
}
