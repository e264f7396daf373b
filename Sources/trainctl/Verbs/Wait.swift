internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Wait: Verb {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Return when jobs are done.",
    discussion: """
      Exit code 0 when all are done (or have reached STATE), 10 when one failed, 11 when one was cancelled, 75 when the
      time is up. Rides out a restart of the daemon.
      """)

  @OptionGroup var target: JobsArgument
  @Option(name: .customLong("for"), help: "Wait for this state, or a later one.") var goal = Goal(.done)
  @Option(help: "Wait no longer than this: 90s, 10m, 1h30m.") var timeout: Limit?
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let deadline = timeout.map { ContinuousClock.now + $0.duration }
    let waiter = JobWaiter(client: session.client, goal: goal.state, deadline: deadline)
    let code = try waiter.wait(for: target.jobs.map { JobID($0) }) { job, state, _ in
      guard session.format == .table else { return }
      session.console.line("\(Escape.line(job.description)) \(state.rawValue)")
      session.console.flush()
    }
    if session.format != .table {
      try session.forEach(target.jobs) { job throws(ControlError) in
        try session.client.get(ControlPath.job(job))
      } done: {
        $0.id.description
      }
    }
    return code
  }
}

/// `90s`, `1h30m`.
struct Limit: ExpressibleByArgument {
  var duration: Duration

  init?(argument: String) {
    guard let duration = Human.duration(argument) else { return nil }
    self.duration = duration
  }
}

/// A state's word.
struct Goal: ExpressibleByArgument {
  var state: JobState.Word

  init?(argument: String) {
    guard let state = JobState.Word(rawValue: argument) else { return nil }
    self.state = state
  }

  init(_ state: JobState.Word) { self.state = state }

  var defaultValueDescription: String { state.rawValue }
  static var allValueStrings: [String] { JobState.Word.allCases.map(\.rawValue) }
}
