internal import TrainCore
internal import TrainRunner

/// What the runner holds, whoever started it.
struct LocalPlatform: Platform {
  let calls: LocalCalls

  func list(status: String?) async throws(Fault) -> [JSON] {
    var jobs: [JSON] = []
    var after: String?
    while true {
      let from = after
      let page = try await calls.perform(.localList, "listing the runner's jobs") {
        (client, interrupt) throws(RunnerError) in
        try client.list(after: from, interrupt: interrupt)
      }
      guard let last = page.last else { return jobs }
      jobs += page.filter { status == nil || $0.phase.rawValue == status }.map(LocalPlatform.object)
      after = last.key
    }
  }

  func show(_ id: String) async throws(Fault) -> JSON {
    let found = try await calls.perform(.localStatus, "showing \(id)") { (client, interrupt) throws(RunnerError) in
      try client.status([id], interrupt: interrupt)[0]
    }
    guard let found else { throw .permanent(.notFound, "showing \(id): the runner has no such job") }
    return LocalPlatform.object(found)
  }

  func cancel(_ id: String) async throws(Fault) {
    try await calls.perform(.localStop, "stopping \(id)") { (client, interrupt) throws(RunnerError) in
      _ = try client.stop(id, force: false, interrupt: interrupt)
    }
  }

  func logs(_ id: String, after cursor: String?) async throws(Fault) -> LogPage {
    try await calls.logs(id, after: cursor)
  }

  /// Times in milliseconds since 1970.
  private static func object(_ status: JobStatus) -> JSON {
    let time = { (time: Timestamp?) in time.map { JSON.int($0.milliseconds) } ?? .null }
    let number = { (number: Int?) in number.map { JSON.int(Int64($0)) } ?? .null }
    let text = { (text: String?) in text.map(JSON.string) ?? .null }
    return [
      "id": .string(status.key), "status": .string(status.phase.rawValue), "job": .string(status.job),
      "attempt": number(status.attempt), "identity": .string(status.identity), "exit_code": number(status.code),
      "signal": number(status.signal), "message": text(status.message), "stopped": .bool(status.stopped),
      "created": time(status.created), "started": time(status.started), "ended": time(status.ended),
      "progress": status.progress.map(JSON.double) ?? .null,
      "metrics": .object(status.metrics.mapValues(JSON.double)), "status_line": text(status.status),
      "tail": text(status.tail),
    ]
  }
}
