internal import TrainCore

/// What an upload to an OCI registry needs to go on after a restart.
struct OCISession: Hashable, Sendable {
  var repository: String
  /// Where each blob's upload goes on, as ``OCILocations/kept(_:)`` has it, by the blob's digest. A blob that has none is there already, or not begun.
  var uploads: [String: String] = [:]
  /// The manifest's annotations, fixed when the upload was begun: its bytes must come out the same each time.
  var annotations: [String: String]
  /// All blobs are there.
  var isSealed = false

  static let version = 1

  init(repository: String, annotations: [String: String]) {
    self.repository = repository
    self.annotations = annotations
  }

  /// Fault `.sessionExpired` when the stored session cannot be used: a new one is opened.
  init(_ session: UploadSession) throws(Fault) {
    guard session.version == Self.version, let repository = session.state["repository"]?.string,
      let uploads = session.state["uploads"]?.object,
      let annotations = session.state["annotations"]?.object
    else { throw .transient(.sessionExpired, "a stored upload to an OCI registry cannot be read", effect: .none) }
    self.repository = repository
    self.uploads = uploads.compactMapValues(\.string)
    self.annotations = annotations.compactMapValues(\.string)
    isSealed = session.state["sealed"]?.bool ?? false
  }

  var stored: UploadSession {
    UploadSession(
      version: Self.version,
      state: [
        "repository": .string(repository), "uploads": .object(uploads.mapValues(JSON.string)),
        "annotations": .object(annotations.mapValues(JSON.string)), "sealed": .bool(isSealed),
      ])
  }
}
