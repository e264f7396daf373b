internal import Synchronization

/// Tells many waiters, once, that the server stops.
final class StopSignal: Sendable {
  private struct State {
    var stopped = false
    var next = 0
    var waiters: [Int: AsyncStream<Never>.Continuation] = [:]
  }

  private let state = Mutex(State())

  var isStopped: Bool { state.withLock { $0.stopped } }

  func stop() {
    let waiters = state.withLock { state in
      state.stopped = true
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.finish() }
  }

  /// Returns when the server stops, or the task is cancelled.
  func wait() async {
    let (stream, waiter) = AsyncStream<Never>.makeStream()
    let number: Int? = state.withLock { state in
      if state.stopped { return nil }
      state.next += 1
      state.waiters[state.next] = waiter
      return state.next
    }
    guard let number else { return }
    for await _ in stream {}
    state.withLock { $0.waiters[number] = nil }
  }
}
