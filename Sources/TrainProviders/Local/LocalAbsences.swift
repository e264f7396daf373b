internal import Synchronization
internal import TrainCore

/// Jobs that the runner did not know when it was asked, and since when: not to know is no statement until it lasts.
final class LocalAbsences: Sendable {
  private let time: any TimeSource
  private let grace: Duration
  private let since = Mutex<[String: Duration]>([:])

  init(time: any TimeSource, grace: Duration) {
    self.time = time
    self.grace = grace
  }

  func present(_ key: String) { since.withLock { $0[key] = nil } }

  /// `nil` until the runner has said so twice or more over the whole grace.
  func absent(_ key: String) -> Observation? {
    let now = time.monotonic
    let isLost = since.withLock { since in
      guard let first = since[key] else {
        since[key] = now
        return false
      }
      guard now - first >= grace else { return false }
      since[key] = nil
      return true
    }
    guard isLost else { return nil }
    return Observation(
      .lost(message: "the runner does not know \(key) any more: its directory was removed or replaced"))
  }
}
