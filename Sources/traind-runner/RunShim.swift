internal import ArgumentParser
internal import TrainCrash
internal import TrainRunner

struct RunShim: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shim",
    abstract: "Runs one job's command; started by serve.",
    shouldDisplay: false)

  @Argument(help: ArgumentHelp("The job's directory.", valueName: "path"))
  var directory: String

  func run() throws {
    let status = Shim.run(directory: directory, boundary: try CrashSwitch.boundary(CrashSwitch.environment()))
    if status != 0 { throw ExitCode(status) }
  }
}
