internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Watch: Verb {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "A live table; plain lines when not on a terminal.",
    discussion: "With jobs: until all have ended. Rides out a restart of the daemon.")

  @Argument(help: ArgumentHelp("Ids of jobs; none = all that list shows.", valueName: "job")) var jobs: [String] = []
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let source = WatchSource(client: session.client, jobs: jobs.map { JobID($0) })
    if session.format == .table && session.console.isTerminal {
      try LiveTable(session: session, source: source).run()
    } else {
      try PlainWatch(session: session, source: source).run()
    }
    return 0
  }
}
