internal import TrainCore

/// What an upload needs to go on after a restart: the run that holds its files, and the uploads in parts.
///
/// A part's number is the file's index where the file goes as a whole; numbers of uploads in parts begin after the
/// files' and are never used twice, so that no receipt is taken for another's.
struct MLflowSession: Hashable, Sendable {
  static let version = 1

  var run: String
  /// The run's `artifact_uri`.
  var uri: String
  /// ms; when the training ended, as it was known when the upload was opened.
  var finished: Int64
  var multipart: [MLflowMultipart] = []
  /// The first number that no part had yet.
  var next: Int
  /// Whether to try uploads in parts at all.
  var isMultipartOffered = true
  var isSealed = false

  init(run: MLflowRun, release: Release) {
    self.run = run.id
    uri = run.artifactURI
    finished = (release.provenance.finished ?? release.provenance.started)?.milliseconds ?? 0
    next = release.artifact.files.count
  }

  /// Fault `.sessionExpired` when the stored session cannot be used: a new one is opened.
  init(_ session: UploadSession, by addresses: SealedAddresses) throws(Fault) {
    let state = session.state
    guard session.version == Self.version, let run = state["run"]?.string, let uri = state["uri"]?.string,
      let finished = state["finished"]?.int, let next = state["next"]?.int, (0...Int64(Int32.max)).contains(next),
      let offered = state["multipart_offered"]?.bool, let sealed = state["sealed"]?.bool,
      let entries = state["multipart"]?.array
    else { throw .transient(.sessionExpired, "a stored upload to MLflow cannot be read", effect: .none) }
    self.run = run
    self.uri = uri
    self.finished = finished
    self.next = Int(next)
    isMultipartOffered = offered
    isSealed = sealed
    multipart = entries.compactMap { MLflowMultipart($0, by: addresses) }
    guard multipart.count == entries.count else {
      throw .transient(.sessionExpired, "a stored upload to MLflow cannot be read", effect: .none)
    }
  }

  var stored: UploadSession {
    UploadSession(
      version: Self.version,
      state: [
        "run": .string(run), "uri": .string(uri), "finished": .int(finished), "next": .int(Int64(next)),
        "multipart_offered": .bool(isMultipartOffered), "sealed": .bool(isSealed),
        "multipart": .array(multipart.map(\.stored)),
      ])
  }

  /// Every part of the artifact, in order, and how each goes.
  func parts(of artifact: Artifact) -> [UploadPart] {
    artifact.files.enumerated().flatMap { index, file -> [UploadPart] in
      guard let multipart = multipart.first(where: { $0.file == index }) else {
        return [UploadPart(number: index, file: index, offset: 0, length: file.bytes)]
      }
      return multipart.numbers.map { number in
        let range = multipart.range(of: number, in: file.bytes)
        return UploadPart(number: number, file: index, offset: range.lowerBound, length: Int64(range.count))
      }
    }
  }
}

extension UploadPart {
  func isIn(_ receipts: [Int: PartReceipt]) -> Bool {
    receipts[number].map { $0.offset == offset && $0.length == length } ?? false
  }
}
