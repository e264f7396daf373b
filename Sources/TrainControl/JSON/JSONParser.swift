public import TrainCore

/// Reads RFC 8259 text into a tree. Strict: one value, no duplicate names, bounded depth.
/// Errors say where: `line 3, column 7`.
public struct JSONParser {
  /// Arrays and objects inside one another.
  public static let deepest = 64

  private let bytes: [UInt8]
  private var at = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// - Parameter what: named in errors: `the request's body`.
  public static func parse(_ bytes: [UInt8], what: String) throws(ControlError) -> JSON {
    var parser = JSONParser(bytes)
    do throws(Problem) {
      let value = try parser.value(depth: 0)
      parser.skipSpace()
      if parser.at < bytes.count { throw Problem("nothing may follow the value") }
      return value
    } catch {
      let before = bytes.prefix(parser.at)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let column = parser.at - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
      throw ControlError(
        .usage, "read \(what)", "line \(line), column \(column): \(error.why)", hint: "send one JSON value in UTF-8")
    }
  }

  private struct Problem: Error {
    var why: String
    init(_ why: String) { self.why = why }
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value(depth: Int) throws(Problem) -> JSON {
    guard depth <= Self.deepest else { throw Problem("nested deeper than \(Self.deepest)") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
    case nil: throw Problem("the text ends where a value should be")
    default: throw Problem("a value should be here")
    }
  }

  private mutating func word(_ word: String, _ value: JSON) throws(Problem) -> JSON {
    guard bytes[at...].starts(with: word.utf8) else { throw Problem("a value should be here") }
    at += word.utf8.count
    return value
  }

  private mutating func object(depth: Int) throws(Problem) -> JSON {
    at += 1
    var members: [String: JSON] = [:]
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw Problem("a name in quotes should be here") }
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw Problem("':' should be here") }
      let value = try value(depth: depth + 1)
      guard members.updateValue(value, forKey: name) == nil else { throw Problem("'\(name)' is given twice") }
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw Problem("',' or '}' should be here") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Problem) -> JSON {
    at += 1
    var values: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array(values) }
    repeat { values.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw Problem("',' or ']' should be here") }
    return .array(values)
  }

  private mutating func number() throws(Problem) -> JSON {
    let start = at
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false }
    if next == UInt8(ascii: "-") { at += 1 }
    guard isDigit(next) else { throw Problem("a digit should be here") }
    if next == UInt8(ascii: "0") { at += 1 } else { while isDigit(next) { at += 1 } }
    var isWhole = true
    if next == UInt8(ascii: ".") {
      isWhole = false
      at += 1
      guard isDigit(next) else { throw Problem("a digit should be here") }
      while isDigit(next) { at += 1 }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      isWhole = false
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      guard isDigit(next) else { throw Problem("a digit should be here") }
      while isDigit(next) { at += 1 }
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if isWhole, let whole = Int64(text) { return .int(whole) }
    guard let value = Double(text), value.isFinite else { throw Problem("the number \(text) is out of range") }
    return .double(value)
  }

  private mutating func string() throws(Problem) -> String {
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
        return try text(unescaped[...])
      case UInt8(ascii: "\\"):
        at += 1
        unescaped.append(contentsOf: String(Character(try escape())).utf8)
      case 0..<0x20: throw Problem("a control character must be written \\u00XX")
      default:
        unescaped.append(byte)
        at += 1
      }
    }
    throw Problem("the text ends inside a string")
  }

  private func text(_ bytes: ArraySlice<UInt8>) throws(Problem) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem("the string before is not UTF-8") }
    return text
  }

  private mutating func escape() throws(Problem) -> Unicode.Scalar {
    guard let byte = next else { throw Problem("the text ends inside a string") }
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
    case UInt8(ascii: "u"):
      let unit = try hexUnit()
      guard UTF16.isLeadSurrogate(unit) else {
        guard let scalar = Unicode.Scalar(unit) else { throw Problem("half of a surrogate pair") }
        return scalar
      }
      guard bytes[at...].starts(with: "\\u".utf8) else { throw Problem("half of a surrogate pair") }
      at += 2
      let trail = try hexUnit()
      guard UTF16.isTrailSurrogate(trail) else { throw Problem("half of a surrogate pair") }
      return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
    default: throw Problem("no such escape")
    }
  }

  private mutating func hexUnit() throws(Problem) -> UInt16 {
    guard at + 4 <= bytes.count, let unit = UInt16(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16),
      bytes[at] != UInt8(ascii: "+")
    else { throw Problem("four hexadecimal digits should be here") }
    at += 4
    return unit
  }
}
