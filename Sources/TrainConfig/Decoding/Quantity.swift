internal import TrainCore

/// Durations and sizes as the files write them: a whole number and a unit.
enum Quantity {
  static let durationHint = "a whole number and ms, s, m, h or d, as `90s`"
  static let sizeHint = "a whole number and KiB, MiB or GiB, as `20MiB`"

  /// Largest first.
  private static let durations: [(unit: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]
  private static let sizes: [(unit: String, bytes: Int64)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
  ]

  static func duration(_ text: String) -> Duration? {
    guard let (number, unit) = split(text), let scale = durations.first(where: { $0.unit == unit })?.milliseconds
    else { return nil }
    let (milliseconds, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? nil : .milliseconds(milliseconds)
  }

  static func size(_ text: String) -> Int64? {
    guard let (number, unit) = split(text), let scale = sizes.first(where: { $0.unit == unit })?.bytes
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: scale)
    return overflow ? nil : bytes
  }

  static func text(_ duration: Duration) -> String {
    let milliseconds = duration.wholeMilliseconds
    if milliseconds == 0 { return "0s" }
    let unit = durations.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
    return "\(milliseconds / unit.milliseconds)\(unit.unit)"
  }

  static func text(bytes: Int64) -> String {
    let unit = sizes.first { bytes != 0 && bytes % $0.bytes == 0 } ?? ("B", 1)
    return "\(bytes / unit.bytes)\(unit.unit)"
  }

  private static func split(_ text: String) -> (Int64, Substring)? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    return (number, text[digits.endIndex...])
  }
}
