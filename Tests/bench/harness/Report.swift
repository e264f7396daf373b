import Glibc

/// What a measurement prints: a line for each figure, `name value`, for the script to read.
enum Report {
  static func line(_ name: String, _ value: String) { write("\(name) \(value)\n", to: 1) }
  static func line(_ name: String, _ value: Int) { line(name, String(value)) }

  /// Three digits behind the point.
  static func line(_ name: String, _ value: Double) {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(1000 + abs(thousandths) % 1000).dropFirst()
    line(name, "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1000).\(fraction)")
  }

  static func complain(_ text: String) { write(text + "\n", to: 2) }

  /// At once: a script waits for it.
  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
