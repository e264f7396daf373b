import Synchronization
import TrainCore

/// One life of a simulated daemon. Once it is over nothing that it does has an effect any more.
final class SimulatedLife: Sendable {
  private struct State {
    var isOver = false
    var steps: Int?
  }

  private let state: Mutex<State>

  /// - Parameter steps: boundaries that it crosses before it dies at one; `nil` = it dies when it is told to.
  init(steps: Int?) { state = Mutex(State(steps: steps)) }

  var isOver: Bool { state.withLock { $0.isOver } }
  func end() { state.withLock { $0.isOver = true } }

  /// Crosses a boundary; throws when the process has died by then.
  func cross() throws(Fault) {
    let isOver = state.withLock { state in
      if let steps = state.steps {
        state.steps = steps - 1
        if steps <= 0 { state.isOver = true }
      }
      return state.isOver
    }
    if isOver { throw .transient(.interrupted, "the process has died", effect: .none) }
  }
}
