internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Retry: Verb {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Start a job that failed or was cancelled again.")

  @OptionGroup var target: JobArgument
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.forEach([target.job]) { job throws(ControlError) in
      try session.client.post(ControlPath.job(job, "retry"))
    } done: {
      "\($0.id) \(JobTable.state($0))"
    }
    return 0
  }
}
