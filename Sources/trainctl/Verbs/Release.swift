internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Release: Verb {
  static let configuration = CommandConfiguration(commandName: "release", abstract: "Let a held job go on.")

  @OptionGroup var target: JobArgument
  @Flag(help: "What was found under the job's key is its training: take it as it is.") var adopt = false
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.forEach([target.job]) { job throws(ControlError) in
      try session.client.post(ControlPath.job(job, "release"), [], ReleaseRequest(adopt: adopt))
    } done: {
      "\($0.id) \(JobTable.state($0))"
    }
    return 0
  }
}
