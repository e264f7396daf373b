internal import Synchronization
public import TrainCore

/// The time of a ``SimulatedWorld``. The wall clock may be moved under whoever uses it.
public struct SimulatedTime: TimeSource {
  private let world: SimulatedWorld
  private let start: Timestamp

  public init(_ world: SimulatedWorld, start: Timestamp = Timestamp(milliseconds: 1_795_000_000_000)) {
    self.world = world
    self.start = start
  }

  public var now: Timestamp { start + world.now + world.wallOffset }
  public var monotonic: Duration { world.now }

  public func sleep(until deadline: Duration) async throws {
    struct Sleep {
      var continuation: UnsafeContinuation<Void, any Error>?
      var timer: UInt64?
      var isCancelled = false
    }
    final class Box: Sendable { let sleep = Mutex(Sleep()) }
    let box = Box()
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<Void, any Error>) in
        let isCancelled = box.sleep.withLock { sleep in
          if !sleep.isCancelled { sleep.continuation = continuation }
          return sleep.isCancelled
        }
        if isCancelled {
          continuation.resume(throwing: CancellationError())
          return
        }
        let timer = world.addTimer(at: deadline) {
          let woken = box.sleep.withLock { sleep in
            let woken = sleep.continuation
            sleep.continuation = nil
            return woken
          }
          woken?.resume()
        }
        box.sleep.withLock { $0.timer = timer }
      }
    } onCancel: {
      let (woken, timer) = box.sleep.withLock { sleep in
        sleep.isCancelled = true
        let woken = sleep.continuation
        sleep.continuation = nil
        return (woken, sleep.timer)
      }
      if let timer { world.cancelTimer(timer) }
      woken?.resume(throwing: CancellationError())
    }
  }
}
