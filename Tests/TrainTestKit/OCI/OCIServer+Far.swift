public import TrainCore
internal import TrainTransport

extension OCIServer: FarRegistry {
  /// One for each manifest that says itself which tag is its own.
  public func held(of model: String?) -> [FarVersion] {
    repositories.filter { model == nil || model == $0.key }.flatMap { repository, held in
      held.tags.compactMap { tag, digest -> FarVersion? in
        let manifest = held.manifests[digest].flatMap { JSON(parsing: String(decoding: $0, as: UTF8.self)) }
        let annotations = manifest?["annotations"]
        guard annotations?["traind.tag"]?.string == tag else { return nil }
        var files: [String: [UInt8]] = [:]
        for layer in manifest?["layers"]?.array ?? [] {
          let path = layer["annotations"]?["org.cncf.model.filepath"]?.string ?? ""
          files[path] = layer["digest"]?.string.flatMap { held.blobs[$0] }
        }
        return FarVersion(
          id: id(repository, tag, digest), model: repository, job: annotations?["traind.job"]?.string, files: files)
      }
    }
  }

  /// Settings of the version's tag, for whichever job.
  public func commits(of job: JobID, as model: String, _ version: String) -> Int { moves["\(model):\(version)"] ?? 0 }

  public func target(of alias: String, in model: String) -> String? {
    guard let held = repositories[model], let digest = held.tags[alias] else { return nil }
    let manifest = held.manifests[digest].flatMap { JSON(parsing: String(decoding: $0, as: UTF8.self)) }
    return id(model, manifest?["annotations"]?["traind.tag"]?.string ?? alias, digest)
  }

  public func moves(of alias: String, in model: String) -> Int? { moves["\(model):\(alias)"] ?? 0 }

  private func id(_ repository: String, _ tag: String, _ digest: String) -> String {
    "\(endpoint.split(separator: "/").last ?? "")/\(repository):\(tag)@\(digest)"
  }

  /// Settings of aliases, too.
  public var commits: Int { moves.values.reduce(0, +) }
  public var bytesReceived: Int { received }
  public var unfinished: Int { uploads.count }
}
