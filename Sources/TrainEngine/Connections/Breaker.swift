import TrainCore

/// Keeps the load on a failing endpoint bounded, however many jobs want to call it. A value; time is an argument.
struct Breaker: Sendable, Hashable {
  enum State: Sendable, Hashable {
    /// Calls pass; so many failed in a row.
    case closed(failures: Int)
    /// No call passes before `until` (monotonic).
    case open(until: Duration, tries: Int)
    /// One call is out to see whether the endpoint is back.
    case probing(tries: Int, since: Duration)
  }

  private(set) var state = State.closed(failures: 0)
  let name: String
  let policy: RetryPolicy
  /// Failures in a row that open it.
  private let threshold = 3
  /// How long one probe keeps others from probing.
  private let probeTime = Duration.seconds(15)

  init(name: String, policy: RetryPolicy) {
    self.name = name
    // However patient the jobs are, an endpoint that is back is noticed within a minute.
    self.policy = RetryPolicy(
      attempts: 1, first: min(policy.first, .seconds(60)), most: min(policy.most, .seconds(60)))
  }

  /// Asks for leave to call: `nil` = go on, else how long to wait before asking again.
  mutating func admit(at now: Duration) -> Duration? {
    switch state {
    case .closed: return nil
    case .open(let until, let tries):
      guard now >= until else { return until - now }
      state = .probing(tries: tries, since: now)
      return nil
    case .probing(let tries, let since):
      // A probe may be a long transfer: it must not keep everybody else waiting for its end.
      guard now - since < probeTime else {
        state = .probing(tries: tries, since: now)
        return nil
      }
      return .seconds(1)
    }
  }

  var isOpen: Bool { if case .open = state { true } else { false } }

  mutating func succeeded() { state = .closed(failures: 0) }

  mutating func failed(at now: Duration, retryAfter: Duration?) {
    switch state {
    case .closed(let failures):
      if failures + 1 >= threshold || retryAfter != nil {
        open(at: now, tries: 1, retryAfter)
      } else {
        state = .closed(failures: failures + 1)
      }
    case .probing(let tries, _): open(at: now, tries: tries + 1, retryAfter)
    case .open: break
    }
  }

  /// The probe ended without a word about the endpoint: somebody else may probe.
  mutating func abandoned(at now: Duration) {
    if case .probing(let tries, _) = state { state = .open(until: now, tries: tries) }
  }

  private mutating func open(at now: Duration, tries: Int, _ retryAfter: Duration?) {
    let wait = policy.delay(afterTry: tries, of: name, attempt: 1, atLeast: retryAfter)
    state = .open(until: now + max(wait, .milliseconds(250)), tries: tries)
  }
}
