internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Trainctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trainctl",
    abstract: "Run training jobs and publish what they produce, through traind.",
    usage: "trainctl [--socket PATH] [-o table|json|jsonl] VERB ...",
    discussion: """
      --socket and -o may stand before or after the verb. The socket is $TRAIND_SOCKET, else /run/traind/control.sock.
      Exit codes: 0 ok, 1 failed, 10 and 11 (wait) failed and cancelled, 64 usage, 65 bad or conflicting spec,
      66 no such job or spec, 69 daemon unreachable, 75 try again, 77 not permitted, 78 bad configuration.
      """,
    version: "trainctl \(ProgramVersion.text)",
    groupedSubcommands: [
      CommandGroup(name: "Look:", subcommands: [List.self, Show.self, Why.self, Watch.self, Wait.self]),
      CommandGroup(name: "History:", subcommands: [Events.self, Logs.self]),
      CommandGroup(name: "Start:", subcommands: [Apply.self, Run.self, Submit.self, Check.self, Verify.self]),
      CommandGroup(
        name: "Change:",
        subcommands: [Cancel.self, Hold.self, Release.self, Retry.self, Publish.self, Promote.self, Forget.self]),
      CommandGroup(name: "Platforms:", subcommands: [PlatformJobs.self]),
      CommandGroup(name: "Registries:", subcommands: [Models.self, GroundTruth.self]),
      CommandGroup(
        name: "The daemon:",
        subcommands: [
          Status.self, Doctor.self, Metrics.self, Config.self, Reload.self, Drain.self, Backup.self, Version.self,
        ]),
    ])

  static let verbs = ["help"] + configuration.subcommands.compactMap { $0.configuration.commandName }
}
