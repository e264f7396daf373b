internal import Glibc
public import TrainCore

/// This machine's clock, for servers that stamp what real programs compare with their own.
public struct RealTime: TimeSource {
  public init() {}

  public var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  public var monotonic: Duration {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }

  public func sleep(until deadline: Duration) async throws {
    while deadline > monotonic { try await Task.sleep(for: deadline - monotonic) }
  }
}
