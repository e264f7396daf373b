public import TrainCore

extension MLflowServer: FarRegistry {
  public func held(of model: String?) -> [FarVersion] {
    versions.filter { model == nil || model == $0.model }.map { version in
      let id = "\(version.model)/\(version.number)"
      return FarVersion(id: id, model: version.model, job: version.tags["traind.job"], files: held(id) ?? [:])
    }
  }

  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    made.count { $0 == job.description }
  }

  public func target(of alias: String, in model: String) -> String? {
    aliases[model]?[alias].map { "\(model)/\($0)" }
  }

  public func moves(of alias: String, in model: String) -> Int? { moves["\(model):\(alias)"] ?? 0 }

  public var commits: Int { made.count }
  public var bytesReceived: Int { received }
  public var unfinished: Int { uploads.count }
}
