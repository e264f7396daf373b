public import TrainCore
internal import TrainTransport

extension MLflowRegistry {
  /// Puts parts together and compares what lies there with the artifact: by the digests that the store gave for the
  /// parts, or else by reading the file back. Then the run tells what the training was; nobody but us has seen anything
  /// until then.
  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    var session = try read(session)
    if session.isSealed { return session.stored }
    let artifacts = try artifacts(session)
    let held = Dictionary(receipts.map { ($0.number, $0) }) { _, last in last }
    var proven: Set<Int> = []
    for multipart in session.multipart where try await finish(multipart, artifacts, release, held) {
      proven.insert(multipart.file)
    }
    for (index, file) in release.artifact.files.enumerated() where !proven.contains(index) {
      try await compare(file, artifacts, release)
    }
    try await tell(session, release.provenance)
    session.multipart = []
    session.isSealed = true
    return session.stored
  }

  private func tell(_ session: MLflowSession, _ provenance: Provenance) async throws(Fault) {
    do throws(Fault) {
      try await runs.log(provenance, at: session.finished, to: session.run)
      try await runs.end(session.run, as: "FINISHED", at: session.finished)
    } catch {
      guard error.isPermanent, try await runs.run(session.run) == nil else { throw error }
      throw gone(session)
    }
  }

  func gone(_ session: MLflowSession) -> Fault {
    .transient(
      .sessionExpired, "the run \(session.run), which held the upload, is gone: it is begun again", effect: .none)
  }

  /// The call cannot be repeated once it was done, so the file's being there decides. Returns whether the store's own
  /// digests prove that it is the artifact's.
  private func finish(
    _ multipart: MLflowMultipart, _ artifacts: MLflowArtifacts, _ release: Release, _ held: [Int: PartReceipt]
  ) async throws(Fault) -> Bool {
    guard release.artifact.files.indices.contains(multipart.file) else {
      throw .transient(.sessionExpired, "a stored upload to MLflow is another artifact's", effect: .none)
    }
    let file = release.artifact.files[multipart.file]
    let receipts = multipart.numbers.compactMap { held[$0].map { MLflowReceipt(token: $0.token) } }
    guard receipts.count == multipart.count, !multipart.credentials.isEmpty else {
      throw .transient(
        .misaligned, "parts of \(file.path) are missing, or their addresses: they are sent", effect: .none)
    }
    let response = try await store(artifacts).finish(multipart, of: file, tags: receipts.map(\.tag))
    if response.isSuccess, response.json != nil { return multipart.isProven(by: receipts, for: file) }
    switch response.status {
    case 401, 403, 408, 425, 429, 502, 503, 504: throw response.mlflowFault
    default: break
    }
    if try await artifacts.sizes(of: [file])[file.path] == file.bytes { return false }
    // The server passes the store's refusals on as errors of its own (500): one that comes again is meant.
    if unfinished.contains(multipart.key) {
      throw .transient(
        .sessionExpired,
        "the store does not put the parts of \(file.path) together (\(response.status)): it is sent again",
        effect: .none)
    }
    unfinished.insert(multipart.key)
    throw .transient(
      .unavailable,
      "could not put the parts of \(file.path) together: MLflow answered \(response.status): \(response.excerpt)")
  }

  private func compare(
    _ file: Artifact.File, _ artifacts: MLflowArtifacts, _ release: Release
  ) async throws(Fault) {
    let found: String
    do throws(Fault) {
      let read = try await artifacts.digest(of: file)
      if read.digest == file.digests.sha256 { return }
      found = "sha256 \(read.digest) of \(read.bytes) bytes"
    } catch {
      guard error.code == .notFound else { throw error }
      found = "nothing"
    }
    // Is what we have still what the training produced?
    try await FileHash.check(file, at: release.location(of: file))
    throw .transient(
      .sessionExpired, "MLflow holds \(found) of \(file.path), not sha256 \(file.digests.sha256): it is sent again",
      effect: .none)
  }
}
