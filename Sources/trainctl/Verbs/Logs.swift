internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Logs: Verb {
  static let configuration = CommandConfiguration(commandName: "logs", abstract: "The training's own output.")

  @OptionGroup var target: JobArgument
  @Flag(name: [.customShort("f"), .long], help: "Follow until the job ends; rides out a restart of the daemon.")
  var follow = false
  @Flag(help: "Let control sequences in the output reach the terminal; off a terminal they always pass.")
  var raw = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try LogFollower(session: session, path: ControlPath.job(JobID(target.job), "logs"), follow: follow, isRaw: raw)
      .run()
    return 0
  }
}
