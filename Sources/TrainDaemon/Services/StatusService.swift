internal import ServiceLifecycle
internal import TrainControl
internal import TrainCore
internal import TrainEngine

/// One human line for `systemctl status`, at most once a second.
struct StatusService: Service {
  let operations: Operations
  let feed: JobFeed
  let notifier: Notifier
  let time: any TimeSource

  func run() async throws {
    guard notifier.isSupervised else {
      try? await gracefulShutdown()
      return
    }
    try? await cancelWhenGracefulShutdown {
      for await _ in await feed.updates() {
        if let status = try? await operations.status() { notifier.status(StatusService.line(status)) }
        try await time.sleep(until: time.monotonic + .seconds(1))
      }
    }
  }

  static func line(_ status: StatusView) -> String {
    let live = JobState.Word.allCases.filter { !$0.isTerminal }
    let counts = live.compactMap { word in
      status.jobs[word.rawValue].map { "\($0) \(word.rawValue)" }
    }
    let away = status.connections.filter { !$0.reachable }.map(\.name)
    var line = counts.isEmpty ? "idle" : counts.joined(separator: ", ")
    if status.held > 0 { line += "; \(status.held) held" }
    if !away.isEmpty { line += "; no answer from \(away.joined(separator: ", "))" }
    return line
  }
}
