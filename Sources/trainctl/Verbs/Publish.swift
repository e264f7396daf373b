internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Publish: Verb {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish again what was refused, or end a publication that is stuck.")

  @OptionGroup var target: JobArgument
  @Option(help: "Only to this registry.") var registry: String?
  @Option(help: ArgumentHelp("End the publication to this registry as failed.", valueName: "registry"))
  var giveUp: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if registry != nil && giveUp != nil { throw ValidationError("--registry and --give-up exclude one another") }
  }

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.forEach([target.job]) { job throws(ControlError) in
      try session.client.post(
        ControlPath.job(job, "publish"), [], PublishRequest(registry: registry, giveUp: giveUp))
    } done: {
      "\($0.id) \(JobTable.state($0))"
    }
    return 0
  }
}
