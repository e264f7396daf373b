/// A point in wall-clock time: milliseconds since 1970-01-01T00:00:00Z.
public struct Timestamp: Hashable, Sendable, Comparable {
  public var milliseconds: Int64

  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  public static func < (a: Timestamp, b: Timestamp) -> Bool { a.milliseconds < b.milliseconds }
  public static func + (t: Timestamp, d: Duration) -> Timestamp {
    let (sum, overflow) = t.milliseconds.addingReportingOverflow(d.wholeMilliseconds)
    return Timestamp(milliseconds: overflow ? .max : sum)
  }
  public static func - (t: Timestamp, d: Duration) -> Timestamp {
    let (difference, overflow) = t.milliseconds.subtractingReportingOverflow(d.wholeMilliseconds)
    return Timestamp(milliseconds: overflow ? .min : difference)
  }
  public static func - (a: Timestamp, b: Timestamp) -> Duration {
    .milliseconds(a.milliseconds.subtractingReportingOverflow(b.milliseconds).partialValue)
  }
}

extension Timestamp: Codable {
  public init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

extension Duration {
  /// The duration in milliseconds, rounded towards zero and clamped to what an Int64 holds.
  public var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    return scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue
  }
}
