internal import TrainCore
internal import TrainTransport

/// An open upload of a release: one blob for each digest among its files, and one for the configuration.
struct OCIUpload: Sendable {
  let registry: OCIRegistry
  let release: Release
  let keys: OCIKeys
  let session: OCISession

  private var files: [Artifact.File] { release.artifact.files }
  private var blobs: OCIBlobs { OCIBlobs(client: registry.client, repository: keys.reference.repository) }

  /// The files whose bytes are sent: of several that are the same, the first.
  static func sent(of artifact: Artifact) -> [Int] {
    var known: Set<String> = []
    return artifact.files.indices.filter { known.insert(artifact.files[$0].digests.sha256).inserted }
  }

  func remaining(_ receipts: [PartReceipt]) async throws(Fault) -> UploadPlan {
    var session = session
    var sent: Int64 = 0
    var parts: [UploadPart] = []
    // Numbers go up whatever was sent before, so that no receipt takes another's place.
    var base = 0
    for index in Self.sent(of: release.artifact) {
      let file = files[index]
      let first = base
      base += Int(file.bytes / registry.largestPart) + 2
      if isWhole(file) {
        if try await blobs.holds(Self.digest(file), bytes: file.bytes) {
          sent += file.bytes
        } else if file.bytes > 0 {
          parts.append(UploadPart(number: first, file: index, offset: 0, length: file.bytes))
        }
        continue
      }
      guard let place = try await place(of: file, &session, receipts) else {
        sent += file.bytes
        continue
      }
      var offset = place.offset
      sent += offset
      while offset < file.bytes {
        let length = min(registry.largestPart, file.bytes - offset)
        let number = first + Int((offset + registry.largestPart - 1) / registry.largestPart)
        parts.append(UploadPart(number: number, file: index, offset: offset, length: length))
        offset += length
      }
    }
    return UploadPlan(session: session.stored, sent: sent, parts: parts)
  }

  /// Sent in one request: there is no middle to go on from.
  private func isWhole(_ file: Artifact.File) -> Bool { file.bytes <= registry.largestPart }

  /// Where a longer file's upload is, begun if it was not; `nil` when the blob is there.
  private func place(
    of file: Artifact.File, _ session: inout OCISession, _ receipts: [PartReceipt]
  ) async throws(Fault) -> OCIBlobs.Place? {
    let digest = Self.digest(file)
    if let first = session.uploads[digest],
      let location = registry.locations.latest(first, receipts), let place = try await blobs.place(location)
    {
      session.uploads[digest] = registry.locations.kept(place.location)
      if place.offset <= file.bytes { return place }
      try? await blobs.cancel(place.location)
    }
    session.uploads[digest] = nil
    if try await blobs.holds(digest, bytes: file.bytes) { return nil }
    switch try await blobs.begin(digest, from: keys.mountFrom) {
    case .there: return nil
    case .upload(let location):
      session.uploads[digest] = registry.locations.kept(location)
      return OCIBlobs.Place(location: location, offset: 0)
    }
  }

  func send(_ part: UploadPart, pace: any Pace) async throws(Fault) -> PartReceipt {
    let file = files[part.file]
    if isWhole(file) {
      let path = release.location(of: file)
      let body = HTTPBody.stream(FileSlices(path: path, range: 0..<file.bytes, pace: pace), length: file.bytes)
      if try await add(Self.digest(file), bytes: file.bytes, body, from: keys.mountFrom) {
        return PartReceipt(number: part.number, offset: part.offset, length: part.length)
      }
      try await FileHash.check(file, at: path)
      throw .transient(.unavailable, "\(file.path) did not arrive at \(registry.client.origin) as it was sent")
    }
    guard let first = session.uploads[Self.digest(file)] else {
      throw .permanent(.internalError, "part \(part.number) is of a file that is there already")
    }
    let now = registry.locations.now(first)
    guard let location = registry.locations.latest(first, []), now.map({ $0.offset == part.offset }) ?? true else {
      throw .transient(.misaligned, "the upload of \(file.path) is not at byte \(part.offset)", effect: .none)
    }
    let range = part.offset..<(part.offset + part.length)
    let body = HTTPBody.stream(
      FileSlices(path: release.location(of: file), range: range, pace: pace), length: part.length)
    let place = try await blobs.send(range, of: body, to: location)
    registry.locations.move(first, to: place)
    return PartReceipt(
      number: part.number, offset: part.offset, length: part.length, token: registry.locations.kept(place.location))
  }

  /// Closes each file's upload, which lets the registry compare the digest, and adds the configuration.
  func seal(_ receipts: [PartReceipt]) async throws(Fault) -> OCISession {
    var sealed = session
    for index in Self.sent(of: release.artifact) { try await close(files[index], receipts) }
    let config = OCIManifest(release.artifact, annotations: session.annotations).config
    let digest = OCIManifest.digest(config)
    let bytes = Int64(config.utf8.count)
    if try await !blobs.holds(digest, bytes: bytes), try await !add(digest, bytes: bytes, .text(config), from: nil) {
      throw .transient(.unavailable, "the configuration did not arrive at \(registry.client.origin) as it was sent")
    }
    sealed.uploads = [:]
    sealed.isSealed = true
    return sealed
  }

  /// A blob in one request. `false` when what arrived has another digest.
  private func add(_ digest: String, bytes: Int64, _ body: HTTPBody, from: String?) async throws(Fault) -> Bool {
    switch try await blobs.begin(digest, from: from) {
    case .there: true
    case .upload(let location): try await blobs.finish(location, digest, bytes: bytes, whole: body)
    }
  }

  private func close(_ file: Artifact.File, _ receipts: [PartReceipt]) async throws(Fault) {
    let digest = Self.digest(file)
    if file.bytes == 0 {
      if try await !blobs.holds(digest, bytes: 0) { _ = try await add(digest, bytes: 0, .none, from: nil) }
      return
    }
    guard let first = session.uploads[digest] else { return }
    // An answer that was lost may have been of the last part, or of the finish itself.
    if try await blobs.holds(digest, bytes: file.bytes) { return }
    guard let location = registry.locations.latest(first, receipts), let place = try await blobs.place(location),
      place.offset == file.bytes
    else {
      throw .transient(.misaligned, "the upload of \(file.path) is not whole: it goes on", effect: .none)
    }
    if try await blobs.finish(place.location, digest, bytes: file.bytes) { return }
    try await FileHash.check(file, at: release.location(of: file))
    throw .transient(
      .sessionExpired, "\(registry.client.origin) holds other bytes of \(file.path) than were sent: it is sent again",
      effect: .none)
  }

  private static func digest(_ file: Artifact.File) -> String { "sha256:\(file.digests.sha256)" }
}
