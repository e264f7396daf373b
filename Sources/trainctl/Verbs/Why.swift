internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Why: Verb {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Why a job waits or failed, and what happens next.")

  @OptionGroup var target: JobArgument
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.get(ControlPath.job(JobID(target.job), "why"))
    try session.answer(document, as: WhyView.self) { why in
      session.console.line(Escape.lines(why.sentence))
      for line in why.tail { session.console.line("  | \(Escape.line(line))") }
    }
    return 0
  }
}
