internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Events: Verb {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Transitions, with actor and reason, oldest first.")

  @Argument(help: ArgumentHelp("Only this job's.", valueName: "job")) var job: String?
  @Flag(name: [.customShort("f"), .long], help: "Go on with those to come; rides out a restart of the daemon.")
  var follow = false
  @Option(help: ArgumentHelp("Only later ones than this number.", valueName: "seq")) var after: Int64 = 0
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if after < 0 { throw ValidationError("--after must not be negative") }
  }

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let job = job.map { JobID($0) }
    if follow {
      var events = EventFollower(client: session.client, job: job, after: after)
      while true {
        write(try events.next(), session)
        session.console.flush()
      }
    }
    let query = [("after", String(after)), ("job", job?.description)]
    let lines = LineReader(try session.client.open("GET", ControlPath.events, query))
    if session.format == .json { session.console.write("{\"events\":[") }
    var isFirst = true
    while case .line(let line) = try lines.next(within: session.client.timeout) {
      if line.isEmpty { continue }
      switch session.format {
      case .table: session.console.line(EventLine.text(try event(line)))
      case .json: session.console.json(text: (isFirst ? "" : ",") + String(decoding: line, as: UTF8.self))
      case .jsonl: session.console.json(text: String(decoding: line, as: UTF8.self) + "\n")
      }
      isFirst = false
    }
    if session.format == .json { session.console.line("],\"schema\":\(wireSchema.wireText)}") }
    return 0
  }

  private func event(_ line: [UInt8]) throws(ControlError) -> EventView {
    try EventView(try JSON.parse(line, what: "an event"))
  }

  /// A stream has no end, hence no document: `json` is one object on each line too.
  private func write(_ event: EventView, _ session: Session) {
    switch session.format {
    case .table: session.console.line(EventLine.text(event))
    case .json, .jsonl: session.console.json(event.json)
    }
  }
}
