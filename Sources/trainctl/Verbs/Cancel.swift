internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Cancel: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stop jobs.",
    discussion: "With --wait: exit code 0 when all were cancelled, 10 when one failed, 1 when one was done before.")

  @OptionGroup var target: JobsArgument
  @Flag(help: "Return when they have stopped.") var wait = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let client = session.client
    guard wait else {
      try session.forEach(target.jobs) { job throws(ControlError) in
        try client.post(ControlPath.job(job, "cancel"))
      } done: {
        "\($0.id) \(JobTable.state($0))"
      }
      return 0
    }
    let jobs = target.jobs.map { JobID($0) }
    for job in jobs { _ = try client.post(ControlPath.job(job, "cancel")) }
    let waiter = JobWaiter(client: client, goal: .cancelled)
    let code = try waiter.wait(for: jobs) { job, state, _ in
      if session.format == .table { session.console.line("\(Escape.line(job.description)) \(state.rawValue)") }
    }
    if session.format != .table {
      try session.forEach(target.jobs) { job throws(ControlError) in
        try client.get(ControlPath.job(job))
      } done: {
        $0.id.description
      }
    }
    return code
  }
}
