internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct List: Verb {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Jobs that are not terminal or changed in the last day, newest first.")

  @Option(help: "Only jobs in this state.") var state: String?
  @Option(help: "Only jobs of this spec.") var spec: String?
  @Flag(help: "All jobs.") var all = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let query = [("state", state), ("spec", spec), ("all", all ? "1" : nil)]
    let document = try session.client.get(ControlPath.jobs, query)
    try session.answer(list: document, member: "jobs", as: JobListView.self) { list in
      let table = JobTable.table(list.jobs, now: session.now)
      if table.isEmpty {
        session.console.note(all ? "no jobs" : "no jobs; trainctl list --all shows old ones")
      } else {
        table.lines().forEach(session.console.line)
      }
    }
    return 0
  }
}
