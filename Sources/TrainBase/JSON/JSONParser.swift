/// Reads one JSON text. Valid only while its bytes are lent.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let options: JSONOptions
  var at = 0
  private var depth = 0
  private var values = 0

  init(bytes: UnsafeBufferPointer<UInt8>, options: JSONOptions) {
    self.bytes = bytes
    self.options = options
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw problem("nothing may follow the value") }
    return value
  }

  var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  func problem(_ reason: String) -> JSONError { JSONError(reason, at: at, of: bytes) }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    at += 1
    return true
  }

  private mutating func value() throws(JSONError) -> JSON {
    skipSpace()
    values += 1
    guard values <= options.values else { throw problem("more than \(options.values) values") }
    switch next {
    case UInt8(ascii: "{"):
      try descend()
      defer { depth -= 1 }
      return .object(try members())
    case UInt8(ascii: "["):
      try descend()
      defer { depth -= 1 }
      return .array(try elements())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some(UInt8(ascii: "0")...UInt8(ascii: "9")), UInt8(ascii: "-"): return try number()
    case nil: throw problem("the text ends where a value should be")
    case .some: throw problem("a value should be here")
    }
  }

  private mutating func descend() throws(JSONError) {
    guard depth < options.depth else { throw problem("nested deeper than \(options.depth)") }
    depth += 1
    at += 1
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    let end = at + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[at..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: end - at))
    else { throw problem("a value should be here") }
    at = end
    return value
  }

  private mutating func members() throws(JSONError) -> [String: JSON] {
    var members: [String: JSON] = [:]
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw problem("a name in quotes should be here") }
      let place = at
      let name = try string()
      guard take(UInt8(ascii: ":")) else { throw problem("':' should be here") }
      let value = try value()
      guard let held = members.index(forKey: name) else {
        members[name] = value
        continue
      }
      switch options.duplicateNames {
      case .firstWins: break
      case .refused:
        let isSame = members[held].key.utf8.elementsEqual(name.utf8)
        throw JSONError("'\(name)' is given twice\(isSame ? "" : ", in other bytes")", at: place, of: bytes)
      }
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw problem("',' or '}' should be here") }
    return members
  }

  private mutating func elements() throws(JSONError) -> [JSON] {
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return elements }
    repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw problem("',' or ']' should be here") }
    return elements
  }
}
