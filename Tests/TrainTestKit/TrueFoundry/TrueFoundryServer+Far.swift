public import TrainCore

extension TrueFoundryServer: FarRegistry {
  public func held() -> [FarVersion] {
    committed.map { version in
      let id = version["id"]?.string ?? ""
      let marker = version["manifest"]?["metadata"]?["traind"]
      return FarVersion(
        id: id, model: version["manifest"]?["name"]?.string ?? "", job: marker?["job"]?.string, files: files(of: id))
    }
  }

  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    commits.count { versions[$0]?.committed?["manifest"]?["metadata"]?["traind"]?["job"]?.string == job.description }
  }

  /// Staged versions that nobody committed or gave up.
  public var unfinished: Int { versions.values.count { $0.committed == nil && !$0.isFailed } }
}
