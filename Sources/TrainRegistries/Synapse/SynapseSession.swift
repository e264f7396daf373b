internal import TrainCore

/// What an open upload needs to go on after a restart.
struct SynapseSession: Hashable, Sendable {
  var upload: String
  var filename: String
  var bytes: Int64
  /// Of the bytes that are uploaded, hex, lower case: an upper-case one is a mismatch to the backend.
  /// `nil` for an archive that has not been sent whole.
  var md5: String?
  var sha256: String?
  var isArchive: Bool

  static let version = 1

  var stored: UploadSession {
    var state: JSON = [
      "upload": .string(upload), "filename": .string(filename), "bytes": .int(bytes), "archive": .bool(isArchive),
    ]
    if let md5 { state["md5"] = .string(md5) }
    if let sha256 { state["sha256"] = .string(sha256) }
    return UploadSession(version: Self.version, state: state)
  }

  /// Fault `.sessionExpired` when the stored session cannot be used: a new one is opened.
  init(_ session: UploadSession) throws(Fault) {
    let state = session.state
    guard session.version == Self.version, let upload = state["upload"]?.string, SynapseUpload.isSafe(upload),
      let filename = state["filename"]?.string, let bytes = state["bytes"]?.int,
      let isArchive = state["archive"]?.bool
    else { throw .transient(.sessionExpired, "a stored upload to Synapse cannot be read", effect: .none) }
    self.init(
      upload: upload, filename: filename, bytes: bytes, md5: state["md5"]?.string,
      sha256: state["sha256"]?.string, isArchive: isArchive)
  }

  init(upload: String, filename: String, bytes: Int64, md5: String?, sha256: String?, isArchive: Bool) {
    self.upload = upload
    self.filename = filename
    self.bytes = bytes
    self.md5 = md5
    self.sha256 = sha256
    self.isArchive = isArchive
  }

  var path: String { "/chunked_upload/\(upload)/" }
}
