public import TrainCore
internal import TrainTransport

extension MLflowRegistry {
  /// How often, and for how long in between, a version that is not ready is asked for again before that is a fault.
  static let mostPauses = 15
  static let pause = Duration.seconds(2)

  /// Looks again first: the server would make a second version of the same as readily.
  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    let session = try read(session)
    let keys = MLflowKeys(release)
    switch try await find(release) {
    case .ours(let version): return version
    case .foreign(_, let why):
      throw .permanent(.alreadyExists, why, hint: "publish under another version, or set name:")
    case .absent: break
    }
    try await models.ensure(keys.name)
    var tags = keys.tags
    for fact in release.facts { tags[fact.name] = fact.value }
    var body: JSON = [
      "name": .string(keys.name), "source": .string("\(session.uri)/model"), "run_id": .string(session.run),
      "tags": .mlflow(tags: tags),
    ]
    if let description = keys.description { body["description"] = .string(description) }
    return try await keepFirst(try await models.create(body, "make a version of '\(keys.name)'"), release)
  }

  /// The server lets anybody make a second version of the same. If somebody was faster since we looked, ours goes
  /// again.
  private func keepFirst(_ made: MLflowVersion, _ release: Release) async throws(Fault) -> RemoteVersion {
    let versions = try await models.versions(of: made.model, tagged: release.modelVersion)
    guard let first = versions.first, first.number < made.number else { return remote(made) }
    try await models.delete(made)
    if release.isMarked(by: first.marker) { return remote(first) }
    throw .permanent(
      .alreadyExists,
      "the version \(first.number) of '\(first.model)', made a moment before ours, \(release.contrast(with: first.marker))",
      hint: "publish under another version, or set name:")
  }

  /// A version of ours that came after another job's is one that ``keepFirst(_:_:)`` did not get to: traind died in
  /// between. After what is not traind's own, which may have got its tag by hand at any time, nothing is removed.
  func takeBack(
    _ later: some Sequence<MLflowVersion>, after first: MLflowVersion, _ release: Release
  ) async throws(Fault) {
    guard first.marker?["job"]?.string != nil else { return }
    for version in later where release.isMarked(by: version.marker) { try await models.delete(version) }
  }

  /// Tags, source and every file's size; the bytes were read back before the version was made.
  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let found = try await ready(version)
    let keys = MLflowKeys(release)
    guard found.model == keys.name, release.isMarked(by: found.marker),
      let artifacts = try? MLflowArtifacts(of: found.source, client: client)
    else {
      throw .permanent(
        .corrupted,
        "the version \(version.id) in MLflow is not what \(release.job) published: its tags or source differ",
        hint: "did somebody change it?")
    }
    let sizes = try await artifacts.sizes(of: release.artifact.files)
    for file in release.artifact.files where sizes[file.path] != file.bytes {
      let held = sizes[file.path].map { "\($0) bytes" } ?? "nothing"
      throw .permanent(
        .corrupted, "the version \(version.id) in MLflow holds \(held) of \(file.path), not \(file.bytes) bytes",
        hint: "did somebody change it? Delete the version, then say `trainctl publish`")
    }
  }

  private func ready(_ version: RemoteVersion) async throws(Fault) -> MLflowVersion {
    for _ in 0..<Self.mostPauses {
      guard let found = try await models.version(version.id) else {
        throw .transient(.notFound, "the version \(version.id), just published, is not there")
      }
      switch found.status {
      case .ready: return found
      case .failed(let why):
        throw .permanent(
          .rejected, "MLflow could not register the version \(version.id): \(why)",
          hint: "delete the version, then say `trainctl publish`")
      case .pending: break
      }
      do {
        try await time.sleep(until: time.monotonic + Self.pause)
      } catch {
        throw .transient(.interrupted, "interrupted while MLflow registered \(version.id)", effect: .none)
      }
    }
    throw .transient(.unavailable, "MLflow still registers the version \(version.id)", effect: .none)
  }
}
