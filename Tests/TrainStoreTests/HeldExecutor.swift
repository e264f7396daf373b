import Dispatch
import Synchronization

/// Keeps what it is to run until it is let go.
final class HeldExecutor: SerialExecutor {
  private struct State {
    var held = 0
    var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "held", attributes: .initiallyInactive)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    let due = state.withLock { state in
      state.held += 1
      let due = state.waiters.filter { $0.count <= state.held }
      state.waiters.removeAll { $0.count <= state.held }
      return due
    }
    for waiter in due { waiter.continuation.resume() }
  }

  /// Returns when `count` jobs are held.
  func holds(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isDue = state.withLock { state in
        if state.held >= count { return true }
        state.waiters.append((count, continuation))
        return false
      }
      if isDue { continuation.resume() }
    }
  }

  /// Runs what is held, in order, and from now on whatever comes. An inactive queue must not be thrown away: call it.
  func letGo() { queue.activate() }
}
