internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Hold: Verb {
  static let configuration = CommandConfiguration(commandName: "hold", abstract: "Keep a job from being submitted.")

  @OptionGroup var target: JobArgument
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.forEach([target.job]) { job throws(ControlError) in
      try session.client.post(ControlPath.job(job, "hold"))
    } done: {
      "\($0.id) \(JobTable.state($0))"
    }
    return 0
  }
}
