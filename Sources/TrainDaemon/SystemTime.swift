internal import Glibc
public import TrainCore

/// The machine's time. Monotonic time goes on while the machine sleeps: a deadline is due when the lid opens.
public struct SystemTime: TimeSource {
  public init() {}

  public var now: Timestamp {
    let (seconds, nanoseconds) = SystemTime.read(CLOCK_REALTIME)
    return Timestamp(milliseconds: seconds * 1000 + nanoseconds / 1_000_000)
  }

  public var monotonic: Duration {
    let (seconds, nanoseconds) = SystemTime.read(CLOCK_BOOTTIME)
    return .seconds(seconds) + .nanoseconds(nanoseconds)
  }

  public func sleep(until deadline: Duration) async throws {
    while true {
      let left = deadline - monotonic
      guard left > .zero else { return }
      try await Task.sleep(for: left)
    }
  }

  private static func read(_ clock: clockid_t) -> (seconds: Int64, nanoseconds: Int64) {
    var time = timespec()
    clock_gettime(clock, &time)
    return (Int64(time.tv_sec), Int64(time.tv_nsec))
  }
}
