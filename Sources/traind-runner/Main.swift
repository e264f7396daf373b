internal import ArgumentParser

@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traind-runner",
    abstract: "Starts and holds the local jobs of traind, outside of its sandbox.",
    version: "0.1.0",
    subcommands: [Serve.self, RunShim.self])
}
