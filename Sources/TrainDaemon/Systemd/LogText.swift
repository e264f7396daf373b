internal import Logging

/// Makes what others wrote safe to log: no control characters, no more bytes than its cap.
enum LogText {
  /// `text` with control characters written as `\xNN`, cut to `cap` bytes of UTF-8 at a character's boundary.
  ///
  /// - Parameter lines: keep line feeds and tabs, where the reader of the log can tell a field's end without them.
  static func escaped(_ text: String, cap: Int, keepingLines lines: Bool = false) -> String {
    var escaped = ""
    var bytes = 0
    // Where to cut, so that the mark still fits.
    var whole = escaped.endIndex
    for scalar in text.unicodeScalars {
      let written = one(scalar, keepingLines: lines)
      bytes += written.utf8.count
      guard bytes <= cap else { return escaped[..<whole] + cut }
      escaped += written
      if bytes <= cap - cut.utf8.count { whole = escaped.endIndex }
    }
    return escaped
  }

  /// What stands for the rest of a text that was too long.
  private static let cut = "..."

  private static func one(_ scalar: Unicode.Scalar, keepingLines lines: Bool) -> String {
    switch scalar.value {
    case 0x09, 0x0A: lines ? String(scalar) : (scalar.value == 0x0A ? "\\n" : "\\t")
    case 0x0D: "\\r"
    case 0..<0x20, 0x7F: "\\x" + hex(scalar.value)
    // C1 controls and the separators that terminals break lines at.
    case 0x80..<0xA0: "\\x" + hex(scalar.value)
    case 0x2028, 0x2029: "\\n"
    default: String(scalar)
    }
  }

  private static func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}

extension Logger.Level {
  /// The syslog priority of RFC 5424, as `PRIORITY=` and the `<N>` prefix of sd-daemon(3) want it.
  var priority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}

extension LogEvent {
  /// The handler's metadata, the provider's, and the event's own, which wins.
  func metadata(
    over handler: Logger.Metadata, _ provider: Logger.MetadataProvider?
  ) -> Logger.Metadata {
    var merged = handler
    if let provider { merged.merge(provider.get()) { $1 } }
    if let metadata { merged.merge(metadata) { $1 } }
    return merged
  }
}
