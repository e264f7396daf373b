public import TrainCore
internal import TrainTransport

extension MLflowRegistry {
  /// Nothing is left in parts; the run stays with the files that were whole, said to have been ended early.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    let kept = try upload.kept.map { (kept) throws(Fault) in try MLflowSession(kept) }
    guard let stored = upload.session else {
      // Nobody lists uploads in parts, but the run can be found.
      guard let experiment = try await runs.find(experiment: MLflowKeys(release).experiment),
        let run = try await runs.find(for: release, in: experiment), run.id != kept?.run
      else { return }
      try await end(run.id, at: MLflowSession(run: run, release: release).finished)
      return
    }
    let session = try MLflowSession(stored)
    let store = MLflowStore(try artifacts(session))
    for multipart in session.multipart where kept?.multipart.contains(where: { $0.key == multipart.key }) != true {
      try await abort(multipart, in: store)
    }
    if session.run != kept?.run { try await end(session.run, at: session.finished) }
  }

  public func holdings(of session: UploadSession) -> [String] {
    guard let session = try? MLflowSession(session) else { return [] }
    return session.multipart.map { "the upload \($0.upload) of \($0.path) in parts, in \(session.uri)" }
      + ["the run \(session.run)"]
  }

  /// The server passes the store's refusals on as errors of its own (500), also that of an upload that is gone: one that
  /// comes again is meant.
  func abort(_ multipart: MLflowMultipart, in store: MLflowStore) async throws(Fault) {
    let answer = try await store.abort(multipart)
    if answer.isSuccess || answer.status == 404 { return }
    guard answer.status == 500 else { throw answer.mlflowFault }
    if unaborted.contains(multipart.key) {
      throw .permanent(
        .rejected,
        "the store behind MLflow does not give up the upload \(multipart.upload) of \(multipart.path), or has no such upload")
    }
    unaborted.insert(multipart.key)
    throw answer.mlflowFault
  }

  /// A run that is over says so itself: another upload may have made a version of it.
  private func end(_ run: String, at time: Int64) async throws(Fault) {
    guard let found = try await runs.run(run), found.isRunning else { return }
    try await runs.end(run, as: "KILLED", at: time)
  }
}
