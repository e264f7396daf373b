/// What others wrote must not steer the terminal.
enum Escape {
  /// One line: every control character becomes visible.
  static func line(_ text: String) -> String { escaped(text) { _ in false } }

  /// Line breaks and tabs stay.
  static func lines(_ text: String) -> String { escaped(text) { $0 == "\n" || $0 == "\t" } }

  /// A training's own output: carriage returns stay too.
  static func output(_ text: String) -> String { escaped(text) { $0 == "\n" || $0 == "\t" || $0 == "\r" } }

  /// JSON stays JSON: its text has none but C1 and bidirectional controls, inside strings.
  static func json(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if steers(scalar), scalar.value >= 0x7F {
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func escaped(_ text: String, keep: (Unicode.Scalar) -> Bool) -> String {
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if steers(scalar), !keep(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// C0, DEL, C1, and what turns the direction of writing. All below U+10000.
  static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
