public import TrainCore

/// Make a model by hand. Without a session: only say whether that could be done.
public struct CreateModelRequest: Hashable, Sendable, WireValue {
  /// An upload that holds all bytes, and their digests, hex.
  public struct Upload: Hashable, Sendable {
    public var session: UploadSession
    public var digests: CreationDigests

    public init(session: UploadSession, digests: CreationDigests) {
      self.session = session
      self.digests = digests
    }
  }

  /// The model's own, as the registry takes them.
  public var fields: JSON
  public var upload: Upload?

  public init(fields: JSON, upload: Upload? = nil) {
    self.fields = fields
    self.upload = upload
  }

  public init(_ json: JSON) throws(ControlError) {
    let request = try Members(json, of: "a model to make")
    try request.only(["fields", "session", "md5", "sha256"])
    fields = request.value("fields")
    guard fields.object != nil else {
      throw ControlError(.usage, "read a model to make", "'fields' must be an object", hint: "see Docs/openapi.yaml")
    }
    guard request.value("session") != .null else { return }
    upload = Upload(
      session: try UploadSession(wire: request.value("session")),
      digests: CreationDigests(md5: try request.string("md5"), sha256: try request.string("sha256")))
  }

  public var json: JSON {
    var request: JSON = ["fields": fields]
    if let upload {
      request["session"] = upload.session.wire
      request["md5"] = .string(upload.digests.md5)
      request["sha256"] = .string(upload.digests.sha256)
    }
    return request
  }
}
