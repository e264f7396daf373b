/// Exponential backoff with full jitter. The same (job, attempt, try) always waits as long: a restart changes nothing.
public struct RetryPolicy: Hashable, Sendable, Codable {
  /// Trainings to try. Calls and publications have no limit.
  public var attempts: Int
  /// The most that the first wait can be.
  public var first: Duration
  /// The most that any wait can be.
  public var most: Duration

  public init(attempts: Int = 3, first: Duration = .seconds(5), most: Duration = .seconds(600)) {
    self.attempts = attempts
    self.first = first
    self.most = most
  }

  /// How long to wait after the `tries`-th failure (from 1), uniformly in (0, min(most, first * 2^(tries-1))],
  /// and never less than what the far side asked for.
  public func delay(afterTry tries: Int, of subject: String, attempt: Int, atLeast: Duration? = nil) -> Duration {
    let doublings = min(max(tries - 1, 0), 40)
    let first = max(1, self.first.wholeMilliseconds)
    let most = max(1, self.most.wholeMilliseconds)
    let (scaled, overflow) = first.multipliedReportingOverflow(by: Int64(1) << Int64(doublings))
    let ceiling = overflow ? most : min(most, scaled)
    let chosen = Int64(Jitter.value(subject, attempt, tries) % UInt64(ceiling)) + 1
    guard let atLeast else { return .milliseconds(chosen) }
    // Spread what was told to come back at the same moment.
    return atLeast + .milliseconds(chosen % max(1, atLeast.wholeMilliseconds / 10))
  }
}

/// A stable hash: `Hasher` is seeded per process and would give another wait after a restart.
public enum Jitter {
  public static func value(_ subject: String, _ numbers: Int...) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for number in numbers { hash = (hash ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3 }
    // splitmix64's finish: FNV alone leaves the low bits of neighbours alike.
    hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
    return hash ^ (hash >> 31)
  }
}
