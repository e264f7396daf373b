/// Text of a file as a message shows it: one line, not endless, and nothing that a terminal would obey.
enum Shown {
  static func text(_ text: String, most: Int = 60) -> String {
    let start = text.prefix(most)
    return start.endIndex == text.endIndex ? line(text) : "\(line(String(start)))..."
  }

  static func line(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
