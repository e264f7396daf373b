internal import TrainCore

/// What a plain scalar stands for: YAML 1.2.2, 10.3.2 (the core schema).
enum CoreSchema {
  enum Reading {
    case value(JSON)
    /// A number that neither an Int64 nor a finite Double holds.
    case outOfRange
  }

  static func isNull(_ text: String) -> Bool {
    switch text {
    case "", "~", "null", "Null", "NULL": true
    default: false
    }
  }

  static func value(of text: String) -> Reading {
    if isNull(text) { return .value(.null) }
    switch text {
    case "true", "True", "TRUE": return .value(.bool(true))
    case "false", "False", "FALSE": return .value(.bool(false))
    case ".nan", ".NaN", ".NAN": return .outOfRange
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": return .outOfRange
    default: break
    }
    if text.utf8.starts(with: "0x".utf8), let value = whole(text.dropFirst(2), radix: 16) { return value }
    if text.utf8.starts(with: "0o".utf8), let value = whole(text.dropFirst(2), radix: 8) { return value }
    let unsigned =
      text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    if !unsigned.isEmpty, unsigned.utf8.allSatisfy(isDigit) {
      return Int64(text).map { .value(.int($0)) } ?? .outOfRange
    }
    guard isFloat(unsigned) else { return .value(.string(text)) }
    // More digits than a Double holds and no point: an id such as 664910666640844332433e43, not a quantity.
    if !unsigned.contains("."), unsigned.utf8.prefix(while: isDigit).count > 17 { return .outOfRange }
    guard let value = Double(text), value.isFinite else { return .outOfRange }
    return .value(.double(value))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func whole(_ digits: Substring, radix: Int) -> Reading? {
    guard !digits.isEmpty,
      digits.utf8.allSatisfy({ Character(UnicodeScalar($0)).hexDigitValue.map { $0 < radix } ?? false })
    else { return nil }
    return Int64(digits, radix: radix).map { .value(.int($0)) } ?? .outOfRange
  }

  /// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func isFloat(_ text: Substring) -> Bool {
    var rest = text.utf8[...]
    func digits() -> Int {
      let run = rest.prefix(while: isDigit)
      rest = rest[run.endIndex...]
      return run.count
    }
    let leading = digits()
    if rest.first == UInt8(ascii: ".") {
      rest = rest.dropFirst()
      if digits() == 0, leading == 0 { return false }
    } else if leading == 0 {
      return false
    }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
      if digits() == 0 { return false }
    }
    return rest.isEmpty
  }
}
