/// What specs, models, connections and versions may be called.
public enum Naming {
  public static let nameHint = "letters, digits, `_`, `.` and `-`, at most 100, beginning with a letter or digit"
  public static let versionHint =
    "letters, digits, `_`, `.`, `+` and `-`, at most 100, beginning with a letter or digit"

  /// `[A-Za-z0-9][A-Za-z0-9_.-]{0,99}`
  public static func isName(_ text: String) -> Bool { matches(text, also: "_.-") }

  /// `[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}`; says nothing about ``attemptEnding(of:)``.
  public static func isVersion(_ text: String) -> Bool { matches(text, also: "_.+-") }

  /// The `-r<digits>` that a version must not end in: further attempts are told apart by it on the far side.
  public static func attemptEnding(of version: String) -> String? {
    let digits = version.utf8.reversed().prefix { isDigit($0) }.count
    guard digits > 0, version.utf8.dropLast(digits).suffix(2).elementsEqual("-r".utf8) else { return nil }
    return String(version.suffix(digits + 2))
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func matches(_ text: String, also: String) -> Bool {
    func isLetterOrDigit(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      default: isDigit(byte)
      }
    }
    guard let first = text.utf8.first, isLetterOrDigit(first), text.utf8.count <= 100 else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || also.utf8.contains($0) }
  }
}
