internal import ArgumentParser
internal import TrainControl
internal import TrainCore

/// What a platform itself knows, tracked by traind or not.
struct PlatformJobs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "What a platform itself knows, tracked by traind or not.",
    subcommands: [ListThem.self, ShowOne.self, CancelOne.self, LogsOfOne.self])

  struct Target: ParsableArguments {
    @Argument(help: "The platform's own id.") var id: String
    @Option(help: "The provider's name in the configuration.") var provider: String
  }

  struct ListThem: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All jobs of the platform.")

    @Option(help: "The provider's name in the configuration.") var provider: String
    @Option(help: "Only those with this status, in the platform's own word.") var status: String?
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let document = try session.client.get(ControlPath.platform(provider), [("status", status)])
      try session.answer(list: document, member: "data", as: PlatformJobsView.self) { jobs in
        for job in jobs.data { session.console.json(job) }
        if jobs.data.isEmpty { session.console.note("no jobs") }
      }
      return 0
    }
  }

  struct ShowOne: Verb {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "One job of the platform whole.")

    @OptionGroup var target: Target
    @Flag(help: "Take it in as a job of traind.") var adopt = false
    @Option(help: "With --adopt: the spec that it is to be a job of.") var spec: String?
    @OptionGroup var global: GlobalOptions

    func validate() throws {
      if spec != nil && !adopt { throw ValidationError("--spec goes with --adopt") }
    }

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      if adopt {
        let path = ControlPath.platform(target.provider, target.id, "adopt")
        return try StartText.answer(try session.client.post(path, [], AdoptRequest(spec: spec)), session)
      }
      let document = try session.client.get(ControlPath.platform(target.provider, target.id))
      try session.answer(document, as: PlatformJobView.self) { job in
        PrettyJSON.lines(job.data).forEach(session.console.line)
      }
      return 0
    }
  }

  struct CancelOne: Verb {
    static let configuration = CommandConfiguration(
      commandName: "cancel", abstract: "Ask the platform to stop one of its jobs.")

    @OptionGroup var target: Target
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let document = try session.client.post(ControlPath.platform(target.provider, target.id, "cancel"))
      switch session.format {
      case .table:
        session.console.line("\(Escape.line(target.id)): \(Escape.line(target.provider)) was asked to stop it")
      case .json, .jsonl: session.console.document(document.bytes)
      }
      return 0
    }
  }

  struct LogsOfOne: Verb {
    static let configuration = CommandConfiguration(
      commandName: "logs", abstract: "The output of one of the platform's jobs.")

    @OptionGroup var target: Target
    @Flag(name: [.customShort("f"), .long], help: "Go on until it ends.") var follow = false
    @OptionGroup var global: GlobalOptions

    func perform(_ session: Session) throws(ControlError) -> Int32 {
      let path = ControlPath.platform(target.provider, target.id, "logs")
      try LogFollower(session: session, path: path, follow: follow).run()
      return 0
    }
  }
}
