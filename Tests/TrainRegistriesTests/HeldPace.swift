import TrainCore

/// A pace that lets bytes through up to a point, and then nothing until it is released.
actor HeldPace: Pace {
  private var left: Int
  private var isReleased = false
  private var isReached = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(from bytes: Int) { left = bytes }

  func take(_ bytes: Int) async throws(Fault) {
    left -= bytes
    guard left < 0 else { return }
    isReached = true
    changed()
    while !isReleased { await change() }
  }

  func reached() async { while !isReached { await change() } }

  func release() {
    isReleased = true
    changed()
  }

  private func change() async { await withCheckedContinuation { waiting.append($0) } }

  private func changed() {
    let woken = waiting
    waiting = []
    for one in woken { one.resume() }
  }
}
