internal import Synchronization
internal import TrainCore

/// When something last moved in one call, and whether it is we who are slow.
final class HTTPProgress: Sendable {
  struct Stalled: Error { var idleTimeout: Duration }

  private struct State {
    var moved = ContinuousClock.now
    /// Depth of work on our own side.
    var ours = 0
    var over = false
    var fault: Fault?
  }

  private let state = Mutex(State())

  var isOver: Bool { state.withLock { $0.over } }
  /// The fault of the request's own body.
  var fault: Fault? { state.withLock { $0.fault } }

  func begin() { state.withLock { $0.ours += 1 } }
  func end() {
    state.withLock {
      $0.ours -= 1
      $0.moved = .now
    }
  }

  /// Returns how long nothing had moved.
  @discardableResult func move() -> Duration {
    state.withLock { state in
      let last = state.moved
      state.moved = .now
      return last.duration(to: state.moved)
    }
  }

  func finish() { state.withLock { $0.over = true } }
  func fail(_ fault: Fault) { state.withLock { $0.fault = $0.fault ?? fault } }

  /// Throws ``Stalled`` once nothing has moved for `idleTimeout`; never returns.
  func watch(_ idleTimeout: Duration) async throws -> Never {
    while true {
      let now = ContinuousClock.now
      let due = state.withLock { $0.ours > 0 ? now + idleTimeout : $0.moved + idleTimeout }
      guard due > now else { throw Stalled(idleTimeout: idleTimeout) }
      try await ContinuousClock().sleep(until: due)
    }
  }

  /// Does the work, or throws ``Stalled``.
  func withIdleTimeout<Value: Sendable>(
    _ idleTimeout: Duration, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
      group.addTask { try await work() }
      group.addTask { try await self.watch(idleTimeout) }
      defer {
        finish()
        group.cancelAll()
      }
      guard let response = try await group.next() else { throw CancellationError() }
      return response
    }
  }
}
