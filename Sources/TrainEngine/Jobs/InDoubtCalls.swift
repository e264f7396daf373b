import TrainCore

/// Since when this process knows of calls whose answers are lost. Kept on the monotonic clock, so that a wall clock
/// that jumps shortens no settle time; a restart begins the wait anew, which only makes it longer.
actor InDoubtCalls {
  enum Doubt: Hashable {
    case submit(attempt: Int)
    case commit(registry: String)
    case open(leftover: Int)
  }

  private let time: any TimeSource
  private var since: [JobID: [Doubt: Duration]] = [:]

  init(time: any TimeSource) { self.time = time }

  /// When the doubt arose, or was first heard of.
  @discardableResult
  func since(_ job: JobID, _ doubt: Doubt) -> Duration {
    if let known = since[job]?[doubt] { return known }
    let now = time.monotonic
    since[job, default: [:]][doubt] = now
    return now
  }

  /// The call has ended without an answer: only from now on does absence count. However long the call took, the far
  /// side may still be at it.
  func renew(_ job: JobID, _ doubt: Doubt) { since[job, default: [:]][doubt] = time.monotonic }

  func forget(_ job: JobID, _ doubt: Doubt) { since[job]?[doubt] = nil }
  func forget(_ job: JobID) { since[job] = nil }
}
