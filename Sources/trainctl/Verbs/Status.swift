internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Status: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "The daemon at a glance.", discussion: "Exit code 0 whenever it answers.")

  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.answer(try session.client.get("/v1/status"), as: StatusView.self) { status in
      StatusText.lines(status, now: session.now).forEach(session.console.line)
    }
    return 0
  }
}

enum StatusText {
  static func lines(_ status: StatusView, now: Timestamp) -> [String] {
    var facts = Table([])
    facts.add([
      "traind",
      "\(status.version), \(status.phase.rawValue), pid \(status.processID), up \(Human.age(status.started, now: now))",
    ])
    var counts = JobState.Word.allCases.compactMap { word in
      status.jobs[word.rawValue].flatMap { $0 > 0 ? "\($0) \(word.rawValue)" : nil }
    }
    if status.held > 0 { counts.append("\(status.held) held") }
    facts.add(["jobs", counts.isEmpty ? "none" : counts.joined(separator: ", ")])
    let quota = status.spoolQuota.map { " of \(Human.size($0))" } ?? ""
    facts.add(["spool", Human.size(status.spoolBytes) + quota])
    for warning in status.warnings { facts.add(["warning", warning]) }
    var lines = Array(facts.lines().dropFirst())
    guard !status.connections.isEmpty else { return lines }
    var connections = Table(["CONNECTION", "ROLE", "KIND", "REACHABLE", "ACTIVE", "NOTE"])
    for connection in status.connections {
      let next = connection.nextCheck.map { "next check \($0.iso8601)" }
      connections.add([
        connection.name, connection.role.rawValue, connection.kind, connection.reachable ? "yes" : "no",
        String(connection.active), [connection.message, next].compactMap(\.self).joined(separator: ", "),
      ])
    }
    lines.append("")
    return lines + connections.lines()
  }
}
