internal import ArgumentParser

struct JobArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A job's id, like hardhat@1.4.0.", valueName: "job"))
  var job: String
}

struct JobsArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("Ids of jobs, like hardhat@1.4.0.", valueName: "job"))
  var jobs: [String]

  func validate() throws {
    if jobs.isEmpty { throw ValidationError("Missing expected argument '<job> ...'") }
  }
}
