internal import Synchronization
public import TrainCore

/// No limit; counts what was taken.
public final class CountingPace: Pace {
  private let counted = Mutex((bytes: Int64(0), largest: 0))

  public init() {}

  public var bytes: Int64 { counted.withLock { $0.bytes } }
  /// The most that was taken at once.
  public var largest: Int { counted.withLock { $0.largest } }

  public func take(_ bytes: Int) async throws(Fault) {
    counted.withLock {
      $0.bytes += Int64(bytes)
      $0.largest = max($0.largest, bytes)
    }
  }
}
