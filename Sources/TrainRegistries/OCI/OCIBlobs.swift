internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The blobs of one repository, by the OCI distribution specification 1.1.
struct OCIBlobs: Sendable {
  enum Beginning: Hashable, Sendable {
    case upload(location: String)
    /// It was mounted from another repository.
    case there
  }

  /// Where an upload is.
  struct Place: Hashable, Sendable {
    var location: String
    var offset: Int64
  }

  let client: OCIClient
  let repository: String

  private var scopes: [String] { [OCIClient.scope(repository)] }

  /// Whether the blob is there, with that length.
  func holds(_ digest: String, bytes: Int64) async throws(Fault) -> Bool {
    let purpose = "look for \(digest) in \(repository)"
    let response = try await client.call(
      .ociHeadBlob, .HEAD, client.url(repository, "blobs/\(digest)"), purpose, scopes: scopes, responseLimit: .max)
    if response.status == 404 { return false }
    try response.requireSuccess()
    let length = response.headers.first(name: "content-length").flatMap(Int64.init)
    guard let named = response.headers.first(name: "docker-content-digest") else {
      // Not every registry says the digest; one that does not and has another length may be no registry.
      guard length == bytes else { throw client.bad(response, purpose, "without a digest, and another length") }
      return true
    }
    guard named == digest else { throw client.bad(response, purpose, "for \(named)") }
    return length == bytes
  }

  /// - Parameter from: a repository that may hold the blob.
  func begin(_ digest: String, from: String?) async throws(Fault) -> Beginning {
    let purpose = "begin an upload to \(repository)"
    var url = client.url(repository, "blobs/uploads/")
    var scopes = scopes
    if let from {
      url += "?mount=\(digest.percentEncoded())&from=\(from.percentEncoded())"
      scopes.append(OCIClient.scope(from, "pull"))
    }
    let response = try await client.call(.ociBeginUpload, .POST, url, purpose, scopes: scopes)
    if response.status == 201, from != nil { return .there }
    return .upload(location: try location(response, 202, purpose))
  }

  /// `nil` when the upload is gone. So it is for the distribution project's registry when a part was cut on its way:
  /// that
  /// keeps what came of it, and then refuses the place it gave before.
  func place(_ location: String) async throws(Fault) -> Place? {
    let purpose = "ask for the state of an upload to \(repository)"
    let response = try await client.call(.ociGetUpload, .GET, location, purpose, scopes: scopes)
    if response.status == 404 { return nil }
    try response.requireSuccess()
    let next = response.headers.first(name: "location").flatMap(client.resolve) ?? location
    guard response.status == 204, let end = Self.end(response) else {
      throw client.bad(response, purpose, "without a range")
    }
    return Place(location: next, offset: end)
  }

  /// Sends a part. Fault `.misaligned` when the upload is gone or elsewhere.
  func send(_ range: Range<Int64>, of body: HTTPBody, to location: String) async throws(Fault) -> Place {
    let purpose = "upload bytes \(range.lowerBound) to \(range.upperBound) to \(repository)"
    let response = try await client.call(
      .ociSendPart, .PATCH, location, purpose, scopes: scopes,
      headers: [
        "content-type": "application/octet-stream", "content-range": "\(range.lowerBound)-\(range.upperBound - 1)",
      ], body: body)
    if response.status == 404 || response.status == 416 {
      throw .transient(.misaligned, "could not \(purpose): the upload is elsewhere, or gone", effect: .none)
    }
    let next = try self.location(response, 202, purpose)
    let end = Self.end(response) ?? range.upperBound
    guard end == range.upperBound else {
      throw .transient(
        .misaligned, "could not \(purpose): \(client.origin) is at byte \(end) after it", effect: .none)
    }
    return Place(location: next, offset: end)
  }

  /// Closes an upload. `false` when the bytes have another digest, or it is gone.
  /// - Parameter whole: all of the blob, where none of it was sent before.
  func finish(
    _ location: String, _ digest: String, bytes: Int64, whole: HTTPBody = .none
  ) async throws(Fault) -> Bool {
    let purpose = "finish the upload of \(digest) to \(repository)"
    let separator = location.contains("?") ? "&" : "?"
    let response = try await client.call(
      .ociFinishUpload, .PUT, "\(location)\(separator)digest=\(digest.percentEncoded())", purpose,
      scopes: scopes,
      headers: ["content-type": "application/octet-stream"], body: whole,
      idleTimeout: FileHash.idleTimeout(for: bytes))
    if response.status == 404 || (response.status == 400 && Self.wrongs.contains(OCIClient.code(response) ?? "")) {
      return false
    }
    try response.requireSuccess()
    guard response.status == 201 || response.status == 204 else {
      throw client.bad(response, purpose, "instead of 201")
    }
    if let named = response.headers.first(name: "docker-content-digest"), named != digest {
      throw client.bad(response, purpose, "for \(named)")
    }
    return true
  }

  /// An upload that is gone is no fault.
  func cancel(_ location: String) async throws(Fault) {
    let purpose = "give up the upload \(OCILocations.path(location))"
    let response = try await client.call(.ociCancelUpload, .DELETE, location, purpose, scopes: scopes)
    if response.status == 204 || response.status == 404 { return }
    throw response.isSuccess ? client.bad(response, purpose, "instead of 204") : response.fault
  }

  private static let wrongs = ["DIGEST_INVALID", "SIZE_INVALID", "BLOB_UPLOAD_INVALID"]

  private func location(_ response: HTTPResponse, _ status: Int, _ purpose: String) throws(Fault) -> String {
    try response.requireSuccess()
    guard response.status == status, let location = response.headers.first(name: "location").flatMap(client.resolve)
    else {
      throw client.bad(response, purpose, "without a Location")
    }
    return location
  }

  /// The bytes that are there. `Range: 0-0` stands for none and for one: what has one byte is never sent in parts.
  private static func end(_ response: HTTPResponse) -> Int64? {
    guard let range = response.headers.first(name: "range") else { return nil }
    let numbers = (range.hasPrefix("bytes=") ? range.dropFirst(6) : range[...]).split(separator: "-")
    guard numbers.count == 2, numbers[0] == "0", let last = Int64(numbers[1]), last >= 0 else { return nil }
    return last == 0 ? 0 : last + 1
  }
}
