internal import Synchronization
public import TrainCore

/// Time that passes by being waited for: a sleep moves it on and returns at once.
public final class InstantTime: TimeSource {
  private let passed = Mutex(Duration.zero)

  public init() {}

  public var now: Timestamp { Timestamp(milliseconds: 1_700_000_000_000) + monotonic }
  public var monotonic: Duration { passed.withLock { $0 } }

  public func sleep(until deadline: Duration) async throws {
    try Task.checkCancellation()
    passed.withLock { $0 = max($0, deadline) }
  }
}
