internal import Glibc

/// A moment that no jump of the wall clock moves.
struct Deadline: Sendable {
  private let nanoseconds: UInt64

  init(after duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let wait = UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds) / 1_000_000_000)
    nanoseconds = Deadline.now + wait
  }

  /// For `poll`: rounded up, so that a wait never spins.
  var millisecondsLeft: Int32 {
    let now = Deadline.now
    guard nanoseconds > now else { return 0 }
    return Int32(min((nanoseconds - now + 999_999) / 1_000_000, UInt64(Int32.max)))
  }

  var hasPassed: Bool { Deadline.now >= nanoseconds }

  private static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
