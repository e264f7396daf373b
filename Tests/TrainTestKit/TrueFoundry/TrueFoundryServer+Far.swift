public import TrainCore

extension TrueFoundryServer: FarRegistry {
  public func held(of model: String?) -> [FarVersion] {
    committed.filter { model == nil || model == $0["manifest"]?["name"]?.string }.map { version in
      let id = version["id"]?.string ?? ""
      let marker = version["manifest"]?["metadata"]?["traind"]
      return FarVersion(
        id: id, model: version["manifest"]?["name"]?.string ?? "", job: marker?["job"]?.string, files: files(of: id))
    }
  }

  public func commits(of job: JobID, as model: String, _ version: String) -> Int {
    commitsDone.count {
      versions[$0]?.committed?["manifest"]?["metadata"]?["traind"]?["job"]?.string == job.description
    }
  }

  public func target(of alias: String, in model: String) -> String? {
    committed.first {
      $0["manifest"]?["name"]?.string == model && $0["tags"]?.array?.contains(.string(alias)) == true
    }?["id"]?.string
  }

  /// Nobody counts.
  public func moves(of alias: String, in model: String) -> Int? { nil }

  public var commits: Int { commitsDone.count }
  /// Staged versions that nobody committed or gave up.
  public var unfinished: Int { versions.values.count { $0.committed == nil && !$0.isFailed } }
}
