internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// An open upload of a release.
struct S3Upload: Sendable {
  let registry: S3Registry
  let release: Release
  let version: S3Version
  let session: S3Session

  private var files: [Artifact.File] { release.artifact.files }

  func remaining(_ receipts: [PartReceipt]) async throws(Fault) -> UploadPlan {
    var sent: Int64 = 0
    var left: [UploadPart] = []
    for (index, parts) in session.parts(of: release.artifact).enumerated() {
      let done = try await done(index, parts, receipts)
      for part in parts {
        if done.contains(part.number) { sent += part.length } else { left.append(part) }
      }
    }
    return UploadPlan(session: session.stored, sent: sent, parts: left)
  }

  /// The numbers of a file's parts that need not be sent.
  private func done(_ index: Int, _ parts: [UploadPart], _ receipts: [PartReceipt]) async throws(Fault) -> Set<Int> {
    if session.isWhole(files[index]) {
      return Set(parts.filter { session.etag(of: $0, in: receipts) != nil }.map(\.number))
    }
    let all = Set(parts.map(\.number))
    guard let open = session.uploads[index] else { return all }
    guard let there = try await registry.multipart.parts(open.key, open.id) else {
      // An upload is gone when it was finished, too.
      _ = try await finished(index)
      return all
    }
    return Set(parts.filter { isThere($0, there, receipts) }.map(\.number))
  }

  /// A part that the far side lists is ours: it compared it with our signature when it came.
  private func isThere(_ part: UploadPart, _ there: [Int: S3Multipart.Part], _ receipts: [PartReceipt]) -> Bool {
    guard let found = there[session.number(of: part)], found.bytes == part.length else { return false }
    return session.etag(of: part, in: receipts).map { $0 == found.etag } ?? true
  }

  func send(_ part: UploadPart, pace: any Pace) async throws(Fault) -> PartReceipt {
    let file = files[part.file]
    let path = release.location(of: file)
    let range = part.offset..<(part.offset + part.length)
    let isWhole = session.isWhole(file)
    // Signed before the first byte is sent: a part is read for it, a whole file's was taken when it was fetched.
    let hash =
      isWhole
      ? FileHash(digest: file.digests.sha256, crc32c: file.digests.crc32c, bytes: file.bytes)
      : try await FileHash.take(at: path, range)
    let key = version.key(of: file)
    let purpose = "upload bytes \(range.lowerBound) to \(range.upperBound) of \(key)"
    var query: S3Client.Query = []
    var headers: HTTPHeaders = [:]
    if isWhole {
      headers = ["content-type": "application/octet-stream", S3Version.marked: file.digests.sha256]
    } else if let open = session.uploads[part.file] {
      query = [("partNumber", String(session.number(of: part))), ("uploadId", open.id)]
    } else {
      throw .permanent(.internalError, "part \(part.number) is of a file that is there already")
    }
    let crc = PassingCRC()
    let slices = CheckedBuffers(base: FileSlices(path: path, range: range, pace: pace), crc: crc)
    let body = part.length == 0 ? HTTPBody.none : .stream(slices, length: part.length)
    let response = try await registry.client.call(
      isWhole ? .s3Put : .s3SendPart, .PUT, key, purpose, query: query, headers: headers, body: body,
      sha256: hash.digest)
    // Not every server compares. One that refuses for another reason may not have taken all of them.
    if crc.value != hash.crc32c, response.isSuccess || S3Error(response)?.code == "XAmzContentSHA256Mismatch" {
      try await FileHash.check(file, at: path)
      throw .transient(.io, "other bytes were read from \(path) than are there now: they are sent again", effect: .none)
    }
    if response.status == 404, S3Error(response)?.code == "NoSuchUpload" {
      throw .transient(.misaligned, "the upload of \(key) is gone, or was finished: it is looked for", effect: .none)
    }
    guard response.isSuccess else { throw registry.client.fault(of: response, purpose) }
    guard let etag = S3Objects.etag(response) else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer has no ETag: \(response.excerpt)",
        hint: "does the endpoint name an S3 API?")
    }
    return session.receipt(for: part, etag: etag, crc32c: hash.crc32c)
  }

  /// Puts each file together, after it was seen that what was sent is what the training produced.
  func seal(_ receipts: [PartReceipt]) async throws(Fault) -> S3Session {
    var etags: [String] = []
    for (index, parts) in session.parts(of: release.artifact).enumerated() {
      if session.isWhole(files[index]) {
        guard let part = parts.first, let etag = session.etag(of: part, in: receipts) else {
          throw missing(files[index])
        }
        etags.append(etag)
      } else {
        etags.append(try await finish(index, parts, receipts))
      }
    }
    var sealed = session
    sealed.etags = etags
    return sealed
  }

  /// Returns the object's ETag.
  private func finish(_ index: Int, _ parts: [UploadPart], _ receipts: [PartReceipt]) async throws(Fault) -> String {
    guard let open = session.uploads[index],
      let there = try await registry.multipart.parts(open.key, open.id)
    else { return try await finished(index) }
    guard parts.allSatisfy({ isThere($0, there, receipts) }) else { throw missing(files[index]) }
    try await check(index, parts, receipts, open)
    let etags = parts.compactMap { there[session.number(of: $0)]?.etag }
    _ = try await registry.multipart.complete(open.key, open.id, etags)
    return try await finished(index)
  }

  /// Whether what lies there is what the training produced. The receipts tell, or else the file is read again.
  private func check(
    _ index: Int, _ parts: [UploadPart], _ receipts: [PartReceipt], _ open: S3Session.Open
  ) async throws(Fault) {
    let file = files[index]
    let sent = session.crc32c(of: parts, in: receipts)
    if sent == file.digests.crc32c { return }
    try await FileHash.check(file, at: release.location(of: file))
    guard sent != nil else { return }
    try await registry.multipart.abort(open.key, open.id)
    throw .transient(
      .sessionExpired, "other bytes were read from \(file.path) than are there now: it is sent again", effect: .none)
  }

  /// The ETag of an object that was put together, this time or an earlier one.
  private func finished(_ index: Int) async throws(Fault) -> String {
    let key = version.key(of: files[index])
    guard let head = try await registry.objects.held(key, as: files[index]) else {
      throw .transient(
        .sessionExpired, "the upload of \(key) is gone, and nothing came of it: it is begun again", effect: .none)
    }
    return head.etag
  }

  private func missing(_ file: Artifact.File) -> Fault {
    .transient(
      .misaligned, "parts of \(version.key(of: file)) are not there, or not as they were sent: they are sent again",
      effect: .none)
  }
}
