internal import ArgumentParser
internal import TrainCore

@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traind-runner",
    abstract: "Starts and holds the local jobs of traind, outside of its sandbox.",
    version: ProgramVersion.text,
    subcommands: [Serve.self, RunShim.self])
}
