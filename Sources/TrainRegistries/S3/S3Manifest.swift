internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The object that makes a version visible, written last.
struct S3Manifest: Sendable {
  /// A manifest is read into memory.
  static let limit = 64 * 1024 * 1024

  enum Written: Sendable {
    case now
    /// Something is there, whosever it is.
    case taken
  }

  let client: S3Client
  let version: S3Version

  /// What is there; `nil` when nothing is. Something that is no JSON reads as `.null`.
  func read() async throws(Fault) -> JSON? {
    try await S3Objects(client: client).read(version.manifest, at: .s3GetManifest, most: Self.limit)?.json
  }

  /// Writes it, unless something is there.
  /// - Parameter conditionally: let the far side see to that. Some do not take the condition and say so
  ///   (Fault `.unsupported`); others ignore it.
  func write(_ json: JSON, metadata: [String: String], conditionally: Bool) async throws(Fault) -> Written {
    let purpose = "publish \(version.manifest)"
    let text = json.canonical
    var headers: HTTPHeaders = ["content-type": "application/json"]
    for (name, value) in metadata { headers.add(name: "x-amz-meta-\(name)", value: value) }
    if conditionally { headers.add(name: "if-none-match", value: "*") }
    let response = try await client.call(
      .s3PutManifest, .PUT, version.manifest, purpose, headers: headers, body: .text(text), sha256: SigV4.sha256(text))
    switch response.status {
    case 200..<300:
      guard S3Objects.etag(response) != nil else { throw client.noObject(response, purpose) }
      return .now
    case 409, 412: return .taken
    case 400, 501:
      guard conditionally, S3Error(response)?.code == "NotImplemented" else {
        throw client.fault(of: response, purpose)
      }
      throw .permanent(.unsupported, "\(client.location.origin) does not know If-None-Match")
    default: throw client.fault(of: response, purpose)
    }
  }

  /// What goes into it: the release's record, each file with its key and the ETag that it had when it was sent.
  func json(of release: Release, etags: [String], metadata: [String: String]) -> JSON {
    var record = release.record
    var artifact = record["artifact"] ?? .empty
    artifact["files"] = .array(
      zip(artifact["files"]?.array ?? [], zip(release.artifact.files, etags)).map { written, file in
        var written = written
        written["key"] = .string("\(version.files)/\(file.0.path)")
        written["etag"] = .string(file.1)
        return written
      })
    record["artifact"] = artifact
    if !metadata.isEmpty { record["metadata"] = .object(metadata.mapValues(JSON.string)) }
    return record
  }
}
