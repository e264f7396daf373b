public import NIOPosix
internal import Synchronization

/// Work that was given to a pool and is waited for later: what blocks a thread can so go on beside what does not.
public final class PendingWork: Sendable {
  private struct State {
    var left: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state: Mutex<State>

  /// Begins all pieces; each is done, whatever becomes of this.
  public init(_ pieces: [@Sendable () -> Void], on pool: NIOThreadPool = .singleton) {
    state = Mutex(State(left: pieces.count))
    for piece in pieces {
      pool.submit { _ in
        piece()
        self.endPiece()
      }
    }
  }

  /// Returns once all pieces are done.
  public func end() async {
    await withCheckedContinuation { reply in
      let isOver = state.withLock { state in
        if state.left > 0 { state.waiting.append(reply) }
        return state.left == 0
      }
      if isOver { reply.resume() }
    }
  }

  private func endPiece() {
    let waiting = state.withLock { state in
      state.left -= 1
      guard state.left == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiting = [] }
      return state.waiting
    }
    for reply in waiting { reply.resume() }
  }
}
