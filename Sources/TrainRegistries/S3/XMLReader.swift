/// Reads one document into an ``XMLTree``, front to back. Every method returns `nil` where the document is malformed.
struct XMLReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
    if self.bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  mutating func document() -> XMLTree? {
    guard skipMisc(), let root = element(depth: 1), skipMisc(), position == bytes.count else { return nil }
    return root
  }

  /// White space, comments and processing instructions.
  private mutating func skipMisc() -> Bool {
    while true {
      skipSpace()
      if take("<!--") {
        guard skip(past: "-->") else { return false }
      } else if take("<?") {
        guard skip(past: "?>") else { return false }
      } else {
        return true
      }
    }
  }

  private mutating func element(depth: Int) -> XMLTree? {
    guard depth <= XMLTree.mostDepth, take("<"), let name = name(), let isEmpty = attributes() else { return nil }
    var tree = XMLTree(name: String(name.split(separator: ":").last ?? ""))
    if isEmpty { return tree }
    var text: [UInt8] = []
    while position < bytes.count {
      if take("</") {
        guard self.name() == name else { return nil }
        skipSpace()
        guard take(">") else { return nil }
        tree.text = String(decoding: text, as: UTF8.self)
        return tree
      } else if take("<!--") {
        guard skip(past: "-->") else { return nil }
      } else if take("<![CDATA[") {
        let start = position
        guard skip(past: "]]>") else { return nil }
        text += bytes[start..<(position - 3)]
      } else if take("<?") {
        guard skip(past: "?>") else { return nil }
      } else if bytes[position] == UInt8(ascii: "<") {
        guard let child = element(depth: depth + 1) else { return nil }
        tree.children.append(child)
      } else if take("&") {
        guard let character = entity() else { return nil }
        text += character
      } else {
        text.append(bytes[position])
        position += 1
      }
    }
    return nil
  }

  private mutating func name() -> String? {
    let start = position
    while position < bytes.count, isOfName(bytes[position]) { position += 1 }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  private func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  /// The rest of a start tag; whether it was the end as well.
  private mutating func attributes() -> Bool? {
    while true {
      skipSpace()
      if take(">") { return false }
      if take("/>") { return true }
      guard name() != nil else { return nil }
      skipSpace()
      guard take("=") else { return nil }
      skipSpace()
      if take("\"") {
        guard skip(past: "\"") else { return nil }
      } else {
        guard take("'"), skip(past: "'") else { return nil }
      }
    }
  }

  private mutating func entity() -> [UInt8]? {
    let rest = bytes[position...].prefix(12)
    guard let end = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
    let word = String(decoding: bytes[position..<end], as: UTF8.self)
    position = end + 1
    switch word {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    case let number where number.hasPrefix("#x"): return UInt32(number.dropFirst(2), radix: 16).flatMap(utf8)
    case let number where number.hasPrefix("#"): return UInt32(number.dropFirst()).flatMap(utf8)
    default: return nil
    }
  }

  private func utf8(_ value: UInt32) -> [UInt8]? { Unicode.Scalar(value).map { Array(String($0).utf8) } }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ token: StaticString) -> Bool {
    let isHere = token.withUTF8Buffer { bytes[position...].starts(with: $0) }
    if isHere { position += token.utf8CodeUnitCount }
    return isHere
  }

  private mutating func skip(past token: StaticString) -> Bool {
    while position < bytes.count {
      if take(token) { return true }
      position += 1
    }
    return false
  }
}
