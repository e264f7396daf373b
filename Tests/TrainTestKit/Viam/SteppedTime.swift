internal import Synchronization
public import TrainCore

/// Time that stands still until a test moves it. Nobody sleeps on it.
public final class SteppedTime: TimeSource {
  private let state: Mutex<(now: Timestamp, monotonic: Duration)>

  public init(_ now: Timestamp = Timestamp(milliseconds: 1_795_000_000_000)) {
    state = Mutex((now, .seconds(1000)))
  }

  public var now: Timestamp { state.withLock { $0.now } }
  public var monotonic: Duration { state.withLock { $0.monotonic } }

  public func sleep(until deadline: Duration) async throws {
    throw Fault.permanent(.internalError, "sleeping on a time that is moved by hand")
  }

  public func advance(by duration: Duration) {
    state.withLock { $0 = ($0.now + duration, $0.monotonic + duration) }
  }
}
