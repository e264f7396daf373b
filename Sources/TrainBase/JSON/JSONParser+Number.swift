extension JSONParser {
  mutating func number() throws(JSONError) -> JSON {
    let start = at
    let isWhole = try numberEnds()
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole {
      if let whole = Int64(text) { return .int(whole) }
      switch options.longIntegers {
      case .rounded: break
      case .refused: throw JSONError("the number \(text.prefix(40)) is out of range", at: start, of: bytes)
      }
    }
    guard let value = Double(text) else { throw JSONError("a number should be here", at: start, of: bytes) }
    if !value.isFinite, options.hugeNumbers == .refused {
      throw JSONError("the number \(text.prefix(40)) is out of range", at: start, of: bytes)
    }
    return JSON.wholeWrittenInDigits(value).map(JSON.int) ?? .double(value)
  }

  /// Passes over a number.
  /// - Returns: whether it has neither point nor exponent.
  private mutating func numberEnds() throws(JSONError) -> Bool {
    if next == UInt8(ascii: "-") { at += 1 }
    if next == UInt8(ascii: "0") { at += 1 } else { try digits() }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    return isWhole
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { at += 1 }
    guard at > start else { throw problem("a digit should be here") }
  }
}
