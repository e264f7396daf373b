public import TrainCore
internal import TrainTransport

extension MLflowRegistry {
  /// Nothing is left in parts; the run stays with the files that were whole, said to have been ended early.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    let kept = try upload.kept.map { (kept) throws(Fault) in try read(kept) }
    guard let stored = upload.session else {
      // Nobody lists uploads in parts, but the run can be found.
      guard let experiment = try await runs.find(experiment: MLflowKeys(release).experiment),
        let run = try await runs.find(for: release, in: experiment), run.id != kept?.run
      else { return }
      try await end(run.id, at: MLflowSession(run: run, release: release).finished)
      return
    }
    let session = try read(stored)
    let store = store(try artifacts(session))
    for multipart in session.multipart where kept?.multipart.contains(where: { $0.key == multipart.key }) != true {
      try await abort(multipart, in: store)
    }
    if session.run != kept?.run { try await end(session.run, at: session.finished) }
  }

  public func holdings(of session: UploadSession) -> [String] {
    guard let session = try? read(session) else { return [] }
    return session.multipart.map { "the upload \($0.upload) of \($0.path) in parts, in \(session.uri)" }
      + ["the run \(session.run)"]
  }

  /// How often the store may fail before that is believed to be its last word.
  private static let mostRefusals = 12

  /// The server passes the store's refusals on as errors of its own (500): of a store that is away as of an upload that is
  /// gone.
  func abort(_ multipart: MLflowMultipart, in store: MLflowStore) async throws(Fault) {
    if aborted.contains(multipart.key) { return }
    let response = try await store.abort(multipart)
    if response.isSuccess, response.json != nil {
      aborted.insert(multipart.key)
      return
    }
    guard response.status == 500, unaborted.times(multipart.key) >= Self.mostRefusals else {
      if response.status == 500 { unaborted.insert(multipart.key) }
      _ = try response.mlflowObject()
      return
    }
    throw .permanent(
      .rejected,
      "the store behind MLflow does not give up the upload \(multipart.upload) of \(multipart.path), or no longer has it"
    )
  }

  /// A run that is over says so itself: another upload may have made a version of it.
  private func end(_ run: String, at time: Int64) async throws(Fault) {
    guard let found = try await runs.run(run), found.isRunning else { return }
    try await runs.end(run, as: "KILLED", at: time)
  }
}
