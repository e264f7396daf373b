internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Single objects of a bucket.
struct S3Objects: Sendable {
  /// What a HEAD tells.
  struct Head: Hashable, Sendable {
    var bytes: Int64
    /// Without its quotes.
    var etag: String
    /// What we wrote beside it when it was made.
    var sha256: String?
  }

  let client: S3Client

  /// A small object; `nil` when there is none. One that is no JSON reads as `.null`.
  /// - Returns: its ETag as it came.
  func read(_ key: String, at point: CrashPoint, most: Int) async throws(Fault) -> (json: JSON, etag: String)? {
    let purpose = "read \(key)"
    let response = try await client.call(point, .GET, key, purpose, responseLimit: most)
    if response.status == 404, S3Error(response)?.code != "NoSuchBucket" { return nil }
    guard response.isSuccess else { throw client.fault(of: response, purpose) }
    guard let etag = response.headers.first(name: "etag") else { throw client.noObject(response, purpose) }
    return (response.json ?? .null, etag)
  }

  /// `nil` when there is no such object.
  func head(_ key: String) async throws(Fault) -> Head? {
    let purpose = "look at \(key)"
    let response = try await client.call(.s3Head, .HEAD, key, purpose, responseLimit: .max)
    if response.status == 404 { return nil }
    guard response.isSuccess else { throw client.fault(of: response, purpose) }
    guard let etag = Self.etag(response), let bytes = response.headers.first(name: "content-length").flatMap(Int64.init)
    else {
      throw .transient(
        .badAnswer, "could not \(purpose): \(client.location.origin) answered without an ETag or a length",
        hint: "does the endpoint name an S3 API?", effect: .none)
    }
    return Head(bytes: bytes, etag: etag, sha256: response.headers.first(name: S3Version.marked))
  }

  /// The object, when it is the artifact's file, put there by us.
  func held(_ key: String, as file: Artifact.File) async throws(Fault) -> Head? {
    guard let head = try await head(key), head.bytes == file.bytes, head.sha256 == file.digests.sha256 else {
      return nil
    }
    return head
  }

  static func etag(_ response: HTTPResponse) -> String? { response.headers.first(name: "etag").map(ETag.unquoted) }
}
