internal import ArgumentParser
internal import TrainControl
internal import TrainCore

struct Promote: Verb {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "Move a registry's alias to what a job published, or back.")

  @OptionGroup var target: JobArgument
  @Option(help: "Only in this registry.") var registry: String?
  @Option(help: "The alias; the spec's unless given.") var alias: String?
  @Flag(help: "Put the alias back to where it was before the job's version.") var back = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if back && alias != nil { throw ValidationError("--alias and --back exclude one another") }
  }

  func perform(_ session: Session) throws(ControlError) -> Int32 {
    try session.forEach([target.job]) { job throws(ControlError) in
      try session.client.post(
        ControlPath.job(job, "promote"), [], PromoteRequest(registry: registry, alias: alias, back: back))
    } done: { job in
      job.publications.compactMap { publication in
        publication.promotion.map { "\(job.id) \(publication.registry): '\($0.alias)' \($0.state)" }
      }.joined(separator: "\n")
    }
    return 0
  }
}
