internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Show: Verb {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "One job whole.")

  @OptionGroup var target: JobArgument
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.get(ControlPath.job(JobID(target.job)))
    try session.answer(document, as: JobView.self) { job in
      JobText.lines(job, now: session.now).forEach(session.console.line)
    }
    return 0
  }
}
