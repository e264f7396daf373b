/// Why to look again: something happened, or nothing did for a while.
enum Wakes {
  /// Runs `body` with a stream that yields on news and on every heartbeat, and ends when the news or the server do.
  static func following(
    _ news: AsyncStream<Int64>, stop: StopSignal, heartbeat: Duration,
    _ body: (AsyncStream<Void>) async throws -> Void
  ) async throws {
    let (wakes, waker) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        for await _ in news { waker.yield() }
        waker.finish()
      }
      tasks.addTask {
        await stop.wait()
        waker.finish()
      }
      tasks.addTask {
        while true {
          try await Task.sleep(for: heartbeat)
          waker.yield()
        }
      }
      defer { tasks.cancelAll() }
      try await body(wakes)
    }
  }
}
