internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Forget: Verb {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Remove a job that has ended, and its history.")

  @OptionGroup var target: JobArgument
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    let document = try session.client.post(ControlPath.job(JobID(target.job), "forget"))
    switch session.format {
    case .table:
      session.console.line("\(Escape.line(target.job)) forgotten")
      for left in try document.json()["left"]?.array?.compactMap(\.string) ?? [] {
        session.console.note("trainctl: left behind: \(Escape.lines(left))")
      }
    case .json, .jsonl: session.console.document(document.bytes)
    }
    return 0
  }
}
