/// Damages bytes in the ways that find defects in those who read them. The same seed damages in the same way.
public struct Mutator: Sendable {
  private var random: SeededGenerator
  /// Pieces of the format that a byte by byte search would take for ever to find.
  private let pieces: [[UInt8]]
  /// Results are not let grow beyond this.
  private let most: Int

  private static let extremes = [
    "0", "-0", "-1", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "18446744073709551616", "1e999", "-1e999", "1e-999", "0.1", "1e18", "4294967296", "NaN", "null", "true", "\"\"",
    "[]", "{}",
  ].map { Array($0.utf8) }

  private static let texts = [
    "\u{0}", "\u{FEFF}", "\u{202E}", "e\u{301}", "\u{1F469}\u{200D}\u{1F680}", "\\ud800", "\\u0000", "../", "%00",
    "\r\n",
    "\u{85}", "\u{E000}",
  ].map { Array($0.utf8) }

  public init(seed: UInt64, pieces: [String] = [], most: Int = 65_536) {
    random = SeededGenerator(seed: seed)
    self.pieces = pieces.map { Array($0.utf8) }
    self.most = most
  }

  public mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
  public mutating func pick<Element>(of some: [Element]) -> Element? { some.randomElement(using: &random) }

  /// One of the corpus, damaged one to four times; now and then it is let be.
  public mutating func next(of corpus: [[UInt8]]) -> [UInt8] {
    var bytes = pick(of: corpus) ?? []
    if pick(0..<20) == 0 { return bytes }
    for _ in 0..<pick(1..<5) { bytes = damaged(bytes, corpus) }
    return Array(bytes.prefix(most))
  }

  private mutating func damaged(_ bytes: [UInt8], _ corpus: [[UInt8]]) -> [UInt8] {
    var bytes = bytes
    let at = pick(0..<bytes.count + 1)
    let other = pick(0..<bytes.count + 1)
    let range = min(at, other)..<max(at, other)
    switch pick(0..<12) {
    case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(pick(0..<8))
    case 1 where at < bytes.count: bytes[at] = UInt8(pick(0..<256))
    case 2: bytes.removeSubrange(at...)
    case 3: bytes.removeSubrange(range.lowerBound..<min(range.upperBound, range.lowerBound + 20))
    case 4 where range.count < 4096: bytes.insert(contentsOf: Array(bytes[range]), at: range.lowerBound)
    case 5:
      // Its beginning, and the end of another.
      let tail = pick(of: corpus) ?? []
      bytes = bytes[..<at] + tail.suffix(pick(0..<tail.count + 1))
    case 6, 7: bytes = withOtherNumber(bytes)
    case 8 where pick(0..<4) == 0: bytes = nested(bytes, at)
    case 9 where pick(0..<4) == 0:
      bytes.insert(contentsOf: [UInt8](repeating: UInt8(pick(0x20..<0x7F)), count: pick(1..<most)), at: at)
    case 10: bytes.insert(contentsOf: pick(of: Self.texts) ?? [], at: at)
    default: bytes.insert(contentsOf: pick(of: pieces) ?? [UInt8(pick(0x20..<0x7F))], at: at)
    }
    return bytes
  }

  /// One number, if there is one, becomes an extreme one or something that is none.
  private mutating func withOtherNumber(_ bytes: [UInt8]) -> [UInt8] {
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    let starts = bytes.indices.filter { isDigit(bytes[$0]) && ($0 == 0 || !isDigit(bytes[$0 - 1])) }
    guard let start = pick(of: starts) else { return bytes }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    return bytes[..<start] + (pick(of: Self.extremes) ?? []) + bytes[end...]
  }

  private mutating func nested(_ bytes: [UInt8], _ at: Int) -> [UInt8] {
    let depth = pick(1..<min(most / 4, 20_000))
    let (opening, closing) = pick(of: [("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("- ", "")]) ?? ("[", "]")
    let inside = [[UInt8]](repeating: Array(opening.utf8), count: depth).flatMap { $0 }
    let outside = [[UInt8]](repeating: Array(closing.utf8), count: pick(0..<2) == 0 ? depth : 0).flatMap { $0 }
    return bytes[..<at] + inside + [UInt8(ascii: "1")] + outside + bytes[at...]
  }
}
