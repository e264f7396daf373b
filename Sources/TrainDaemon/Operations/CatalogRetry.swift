internal import TrainCore

/// How often and how long a registry's catalogue is asked again after a failure that may pass.
struct CatalogRetry {
  /// Longer than a client would sit and wait: then it is told.
  private static let mostWait = Duration.seconds(60)
  private static let policy = RetryPolicy(first: .milliseconds(500), most: .seconds(15))

  private let subject: String
  private let tries: Int
  private var failures = 0

  /// - Parameters:
  ///   - subject: what is asked; only spreads the waits of those who ask at the same time.
  ///   - tries: in a row.
  init(_ subject: String, tries: Int) {
    self.subject = subject
    self.tries = tries
  }

  mutating func succeeded() { failures = 0 }

  /// How long to wait before the next try; `nil` = there is none.
  mutating func wait(after fault: Fault) -> Duration? {
    failures += 1
    guard !fault.isPermanent, failures < tries, (fault.retryAfter ?? .zero) <= Self.mostWait else { return nil }
    return Self.policy.delay(afterTry: failures, of: subject, attempt: 0, atLeast: fault.retryAfter)
  }
}
