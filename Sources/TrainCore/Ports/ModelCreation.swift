/// How a model is made by hand out of a file that a client streams: parts first, the model last. Implementations try
/// once.
/// The session is the client's to keep; what it hands back is checked, never believed.
public protocol ModelCreation: Sendable {
  /// What is wrong with the new model's own fields. Pure: no call is made. Paths are names of fields.
  func problems(in fields: JSON) -> [SpecProblem]

  /// Whether the model could be made. Fault `.alreadyExists` when something of its name is there.
  func check(_ fields: JSON) async throws(Fault)

  /// How many bytes the far side holds, once no part is on its way any more. Fault `.sessionExpired` when it forgot
  /// them.
  func held(_ session: UploadSession) async throws(Fault) -> Int64

  /// Sends bytes that follow what the far side holds; may take fewer than it is given.
  /// Faults: `.misaligned` when they do not follow, `.sessionExpired`.
  /// - Parameter session: `nil` = a new upload, beginning with these bytes.
  func send(_ part: CreationPart, in session: UploadSession?) async throws(Fault) -> CreationProgress

  /// All bytes are there: has the far side check them and makes the model, or finds the one that an earlier call with
  /// the same fields and bytes made. Returns the model whole.
  /// Faults: `.alreadyExists` for somebody else's of that name, `.sessionExpired`, `.misaligned`.
  func create(_ fields: JSON, from session: UploadSession, digests: CreationDigests) async throws(Fault) -> JSON
}

/// Some of the bytes of the file that a model is made of.
public struct CreationPart: Hashable, Sendable {
  /// The file's, without directories.
  public var filename: String
  public var bytes: [UInt8]
  public var offset: Int64
  /// Bytes of the whole file.
  public var total: Int64

  public init(filename: String, bytes: [UInt8], offset: Int64, total: Int64) {
    self.filename = filename
    self.bytes = bytes
    self.offset = offset
    self.total = total
  }
}

public struct CreationProgress: Hashable, Sendable {
  public var session: UploadSession
  /// Bytes that the far side holds.
  public var held: Int64

  public init(session: UploadSession, held: Int64) {
    self.session = session
    self.held = held
  }
}

/// Of the whole file. Hex, lower case.
public struct CreationDigests: Hashable, Sendable {
  public var md5: String
  public var sha256: String

  public init(md5: String, sha256: String) {
    self.md5 = md5
    self.sha256 = sha256
  }
}
