internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The multipart uploads of a bucket.
struct S3Multipart: Sendable {
  /// Pages of a listing that are read.
  static let mostPages = 100
  static let mostParts: Int64 = 10_000

  struct Part: Hashable, Sendable {
    var bytes: Int64
    /// Without its quotes.
    var etag: String
  }

  let client: S3Client

  func create(_ key: String, _ file: Artifact.File) async throws(Fault) -> String {
    let purpose = "begin an upload of \(key)"
    let response = try await client.call(
      .s3CreateUpload, .POST, key, purpose, query: [("uploads", "")],
      headers: ["content-type": "application/octet-stream", S3Version.marked: file.digests.sha256])
    let tree = try document(response, "InitiateMultipartUploadResult", purpose)
    guard let id = tree.text("UploadId"), !id.isEmpty else { throw bad(response, purpose) }
    return id
  }

  /// Open uploads whose keys begin so; for one key the one begun last.
  func open(_ prefix: String) async throws(Fault) -> [String: String] {
    var found: [String: (id: String, begun: String)] = [:]
    try await each(prefix) { key, id, begun in
      if found[key].map({ $0.begun < begun }) ?? true { found[key] = (id, begun) }
    }
    return found.mapValues(\.id)
  }

  /// Every open upload whose key begins so.
  func all(_ prefix: String) async throws(Fault) -> [S3Session.Open] {
    var found: [S3Session.Open] = []
    try await each(prefix) { key, id, _ in found.append(S3Session.Open(key: key, id: id)) }
    return found
  }

  private func each(_ prefix: String, _ take: (_ key: String, _ id: String, _ begun: String) -> Void)
    async throws(Fault)
  {
    let purpose = "look for uploads that are open"
    var marker: S3Client.Query = []
    for _ in 0..<Self.mostPages {
      let response = try await client.call(
        .s3ListUploads, .GET, "", purpose, query: [("prefix", prefix), ("uploads", "")] + marker)
      let tree = try document(response, "ListMultipartUploadsResult", purpose)
      for upload in tree.all("Upload") {
        guard let key = upload.text("Key"), let id = upload.text("UploadId") else { continue }
        take(key, id, upload.text("Initiated") ?? "")
      }
      guard tree.text("IsTruncated") == "true", let key = tree.text("NextKeyMarker") else { break }
      marker = [("key-marker", key)] + (tree.text("NextUploadIdMarker").map { [("upload-id-marker", $0)] } ?? [])
    }
  }

  /// The parts that are there, by S3's number; `nil` when the upload is gone: finished, or given up.
  func parts(_ key: String, _ id: String) async throws(Fault) -> [Int: Part]? {
    let purpose = "ask for the parts of \(key)"
    var found: [Int: Part] = [:]
    var marker: S3Client.Query = []
    for _ in 0..<Self.mostPages {
      let response = try await client.call(.s3ListParts, .GET, key, purpose, query: [("uploadId", id)] + marker)
      if response.status == 404, S3Error(response)?.code == "NoSuchUpload" { return nil }
      let tree = try document(response, "ListPartsResult", purpose)
      for part in tree.all("Part") {
        guard let number = part.text("PartNumber").flatMap({ Int($0) }),
          let bytes = part.text("Size").flatMap({ Int64($0) }), let etag = part.text("ETag")
        else { throw bad(response, purpose) }
        found[number] = Part(bytes: bytes, etag: ETag.unquoted(etag))
      }
      guard tree.text("IsTruncated") == "true", let next = tree.text("NextPartNumberMarker") else { break }
      marker = [("part-number-marker", next)]
    }
    return found
  }

  /// Makes the object out of all its parts. `false` when the upload is gone. Fault `.misaligned` when the far side has
  /// other parts than these.
  func complete(_ key: String, _ id: String, _ etags: [String]) async throws(Fault) -> Bool {
    let purpose = "finish the upload of \(key)"
    let parts = etags.enumerated().map { index, etag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\"\(Self.escaped(etag))\"</ETag></Part>"
    }
    let body =
      "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\(parts.joined())"
      + "</CompleteMultipartUpload>"
    // Putting thousands of parts together may take minutes.
    let response = try await client.call(
      .s3Complete, .POST, key, purpose, query: [("uploadId", id)], headers: ["content-type": "application/xml"],
      body: .text(body),
      sha256: SigV4.sha256(body), idleTimeout: .seconds(300))
    let error = S3Error(response)
    if response.status == 404, error?.code == "NoSuchUpload" { return false }
    if let error, ["InvalidPart", "InvalidPartOrder"].contains(error.code) {
      throw .transient(
        .misaligned, "the parts of \(key) are not those that were sent (\(error.code)): they are asked for again",
        effect: .none)
    }
    // Its 200 is sent before the work is done, and may turn out to be an error.
    if response.isSuccess, error != nil {
      var fault = client.fault(of: response, purpose)
      fault.disposition = .transient(after: fault.retryAfter)
      throw fault
    }
    _ = try document(response, "CompleteMultipartUploadResult", purpose)
    return true
  }

  func abort(_ key: String, _ id: String) async throws(Fault) {
    let purpose = "give up the upload \(id) of \(key)"
    let response = try await client.call(.s3Abort, .DELETE, key, purpose, query: [("uploadId", id)])
    guard response.isSuccess || response.status == 404 else { throw client.fault(of: response, purpose) }
  }

  private func document(_ response: HTTPResponse, _ name: String, _ purpose: String) throws(Fault) -> XMLTree {
    guard response.isSuccess else { throw client.fault(of: response, purpose) }
    guard let tree = XMLTree(parsing: response.body), tree.name == name else { throw bad(response, purpose) }
    return tree
  }

  private func bad(_ response: HTTPResponse, _ purpose: String) -> Fault {
    .transient(
      .badAnswer,
      "could not \(purpose): \(client.location.origin) answered \(response.status) with \(response.excerpt)",
      hint: "does the endpoint name an S3 API?")
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      default: String(character)
      }
    }.joined()
  }
}
