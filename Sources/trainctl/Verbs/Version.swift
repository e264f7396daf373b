internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Version: Verb {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "The versions of trainctl and of the daemon.",
    discussion: "Exit code 69 when the daemon does not answer; trainctl --version asks nobody.")

  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    if session.format == .table { session.console.line("trainctl \(ProgramVersion.text)") }
    let daemon: VersionView = try session.client.get("/v1/version").value()
    switch session.format {
    case .table:
      session.console.line(Escape.line("traind   \(daemon.version)"))
      session.console.line(Escape.line("providers:  \(daemon.providerKinds.joined(separator: " "))"))
      session.console.line(Escape.line("registries: \(daemon.registryKinds.joined(separator: " "))"))
    case .json, .jsonl:
      let answer: JSON = [
        "schema": wireSchema, "trainctl": .string(ProgramVersion.text), "traind": daemon.json,
      ]
      session.console.json(answer)
    }
    return 0
  }
}
