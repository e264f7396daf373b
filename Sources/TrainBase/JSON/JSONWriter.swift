/// Writes trees as ``JSON/canonical`` says.
struct JSONWriter {
  enum Layout {
    case compact
    /// A member or element on each line.
    case lines
  }

  private(set) var bytes: [UInt8] = []
  private let layout: Layout
  private var depth = 0

  init(layout: Layout) {
    self.layout = layout
    bytes.reserveCapacity(512)
  }

  mutating func write(_ json: JSON) {
    switch json {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .int(let value): append(String(value))
    case .double(let value): append(Self.text(of: value))
    case .string(let value): quote(value)
    case .array(let values):
      list("[", "]", values) { writer, value in writer.write(value) }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      list("{", "}", sorted) { writer, member in
        writer.quote(member.key)
        writer.append(writer.layout == .lines ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private static func text(of value: Double) -> String {
    if value.isNaN { return "null" }
    if value.isInfinite { return value < 0 ? "-1e999" : "1e999" }
    return JSON.wholeWrittenInDigits(value).map(String.init) ?? "\(value)"
  }

  private mutating func list<Element>(
    _ start: String, _ end: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    append(start)
    depth += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { append(",") }
      breakLine()
      write(&self, element)
    }
    depth -= 1
    if !elements.isEmpty { breakLine() }
    append(end)
  }

  private mutating func breakLine() {
    guard layout == .lines else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func quote(_ text: String) {
    append("\"")
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      append(text)
    } else {
      for byte in text.utf8 { escape(byte) }
    }
    append("\"")
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append("\\\"")
    case UInt8(ascii: "\\"): append("\\\\")
    case UInt8(ascii: "\n"): append("\\n")
    case UInt8(ascii: "\r"): append("\\r")
    case UInt8(ascii: "\t"): append("\\t")
    case 0..<0x20: append("\\u00\(Hex.text([byte]))")
    default: bytes.append(byte)
    }
  }
}
