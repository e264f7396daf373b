internal import TrainCore

/// Sizes and times for people.
enum Human {
  /// `1.5 MiB`
  static func size(_ bytes: Int64) -> String {
    var value = Double(bytes)
    var unit = "B"
    for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
      value /= 1024
      unit = next
    }
    return unit == "B" ? "\(bytes) B" : "\(tenths(value)) \(unit)"
  }

  /// `90s`, `12m`, `5h`, `3d`: the largest unit that gives at least 2.
  static func age(_ since: Timestamp, now: Timestamp) -> String { span(now - since) }

  static func span(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    for (unit, length) in [("d", Int64(86400)), ("h", 3600), ("m", 60)] where seconds >= 2 * length {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds)s"
  }

  /// `[########............]`
  static func bar(_ fraction: Double) -> String {
    let filled = Int(min(max(fraction, 0), 1) * 20)
    return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: 20 - filled))]"
  }

  /// `42%`
  static func percent(_ fraction: Double) -> String { "\(Int(min(max(fraction, 0), 1) * 100))%" }

  /// `0.1234`: four significant digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while abs(value) * scale < 1000, scale < 1e9 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// `90s`, `1h30m`, `500ms`.
  static func duration(_ text: String) -> Duration? {
    let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    var rest = text[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { ("0"..."9").contains($0) }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { !("0"..."9").contains($0) }
      rest = rest.dropFirst(letters.count)
      guard let number = Int64(digits), let unit = units.first(where: { $0.0 == letters })?.1 else { return nil }
      let (part, tooLong) = number.multipliedReportingOverflow(by: unit)
      let (sum, tooMuch) = total.addingReportingOverflow(part)
      guard !tooLong, !tooMuch else { return nil }
      total = sum
    }
    return .milliseconds(total)
  }
}
