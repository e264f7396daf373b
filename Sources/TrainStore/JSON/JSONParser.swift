internal import TrainCore

/// Reads one JSON text. A number with a point or an exponent is a double, any other an integer where it fits.
struct JSONParser {
  struct Malformed: Error, CustomStringConvertible {
    var what: String
    var offset: Int
    var description: String { "\(what) at byte \(offset)" }
  }

  /// Far deeper than anything we write; keeps a damaged row from exhausting the stack.
  static let deepest = 256

  /// Valid only inside the `withUTF8` that made the parser.
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var depth = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  mutating func document() throws -> JSON {
    let tree = try value()
    skipSpace()
    guard at == bytes.count else { throw malformed("text after the value") }
    return tree
  }

  private mutating func value() throws -> JSON {
    skipSpace()
    guard let byte = peek else { throw malformed("the text ends early") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { parser throws in .object(try parser.members()) }
    case UInt8(ascii: "["): return try nested { parser throws in .array(try parser.elements()) }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func nested(_ read: (inout JSONParser) throws -> JSON) throws -> JSON {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw malformed("nested deeper than \(Self.deepest)") }
    at += 1
    return try read(&self)
  }

  private mutating func members() throws -> [String: JSON] {
    var members: [String: JSON] = [:]
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw malformed("a colon is missing") }
      members[key] = try value()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw malformed("an object is not closed") }
    return members
  }

  private mutating func elements() throws -> [JSON] {
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw malformed("an array is not closed") }
    return elements
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws -> JSON {
    for offset in 0..<text.utf8CodeUnitCount {
      guard at < bytes.count, bytes[at] == text.utf8Start[offset] else { throw malformed("an unknown word") }
      at += 1
    }
    return value
  }

  private mutating func number() throws -> JSON {
    let start = at
    var whole = true
    scan: while let byte = peek {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): whole = false
      default: break scan
      }
      at += 1
    }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    if whole, let value = Int64(text) { return .int(value) }
    guard let value = Double(text) else { throw malformed("neither a value nor a number") }
    return .double(value)
  }

  private mutating func string() throws -> String {
    guard peek == UInt8(ascii: "\"") else { throw malformed("a string is missing") }
    at += 1
    let start = at
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { at += 1 }
    if peek == UInt8(ascii: "\"") {
      defer { at += 1 }
      return String(decoding: bytes[start..<at], as: UTF8.self)
    }
    var text = Array(bytes[start..<at])
    while let byte = peek {
      at += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(to: &text)
      default: text.append(byte)
      }
    }
    throw malformed("a string is not closed")
  }

  private mutating func escape(to text: inout [UInt8]) throws {
    guard let byte = peek else { throw malformed("the text ends early") }
    at += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "u"):
      var unit = try fourHexDigits()
      if (0xD800..<0xDC00).contains(unit), peek == UInt8(ascii: "\\") {
        at += 1
        guard take(UInt8(ascii: "u")) else { throw malformed("half a surrogate pair") }
        let low = try fourHexDigits()
        guard (0xDC00..<0xE000).contains(low) else { throw malformed("half a surrogate pair") }
        unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw malformed("half a surrogate pair") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw malformed("an unknown escape")
    }
  }

  private mutating func fourHexDigits() throws -> UInt32 {
    guard at + 4 <= bytes.count, let unit = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw malformed("an unknown escape") }
    at += 4
    return unit
  }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private func malformed(_ what: String) -> Malformed { Malformed(what: what, offset: at) }
}
