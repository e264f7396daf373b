import TrainCore

/// Tells whoever listens that events were stored. Listeners read them from the store, so a slow one costs nothing.
public actor JobFeed {
  private var last: Int64
  private var listeners: [Int: AsyncStream<Int64>.Continuation] = [:]
  private var next = 0

  public init(last: Int64 = 0) { self.last = last }

  func announce(_ events: [EventRecord]) {
    guard let newest = events.last?.sequence, newest > last else { return }
    last = newest
    for listener in listeners.values { listener.yield(newest) }
  }

  /// Sequence numbers as they grow; only the latest is kept for who is slow. Starts with the current one.
  public func updates() -> AsyncStream<Int64> {
    let (stream, listener) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
    next += 1
    let id = next
    listeners[id] = listener
    listener.onTermination = { _ in Task { await self.remove(id) } }
    listener.yield(last)
    return stream
  }

  /// Ends all streams: the daemon stops.
  public func finish() {
    for listener in listeners.values { listener.finish() }
    listeners = [:]
  }

  private func remove(_ id: Int) { listeners[id] = nil }
}
