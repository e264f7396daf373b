internal import ArgumentParser

enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case table, json, jsonl
}

struct GlobalOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The control socket.", valueName: "path"))
  var socket: String?

  @Option(name: [.customShort("o"), .long], help: "How to print: table, json or jsonl.")
  var output: OutputFormat = .table
}
