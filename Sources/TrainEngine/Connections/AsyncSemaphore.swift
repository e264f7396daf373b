import DequeModule

/// So many at once; the others wait in the order they came.
actor AsyncSemaphore {
  private var free: Int
  private var waiting = Deque<CheckedContinuation<Void, Never>>()

  init(places: Int) { free = max(1, places) }

  func pass<Value: Sendable>(_ work: @Sendable () async -> Value) async -> Value {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    defer { if let next = waiting.popFirst() { next.resume() } else { free += 1 } }
    return await work()
  }
}
