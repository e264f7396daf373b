internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Run: Verb {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Start one spec of the daemon's jobs.d.")

  @Argument(help: "The spec's name, without .yaml.") var spec: String
  @Option(name: [.customLong("version")], help: "A version instead of the spec's own.") var modelVersion: String?
  @Option(name: .customLong("set"), help: ArgumentHelp("Change a key for this run.", valueName: "train.k=v"))
  var sets: [String] = []
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    for set in sets where !set.contains("=") {
      throw ValidationError("--set \(set) has no '='; write --set train.epochs=3")
    }
  }

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let request = RunRequest(spec: spec, version: modelVersion, sets: sets)
    return try StartText.answer(try session.client.post("/v1/run", [], request), session)
  }
}

enum StartText {
  static func answer(_ document: ControlClient.Document, _ session: Session) throws(ControlError) -> Int32 {
    let started: StartView = try document.value()
    try session.answer(document, as: StartView.self) { started in
      let state = JobTable.state(started.job)
      session.console.line("\(started.job.id) \(started.isNew ? "accepted, \(state)" : "was there already, \(state)")")
    }
    for warning in started.warnings { session.console.note("trainctl: warning: \(Escape.lines(warning))") }
    return 0
  }
}
