/// Text of a file as a message shows it: one line, not endless.
enum Shown {
  private static let most = 60

  static func text(_ text: String) -> String {
    let line = String(text.prefix(most).map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return text.count > most ? "\(line)..." : line
  }
}
