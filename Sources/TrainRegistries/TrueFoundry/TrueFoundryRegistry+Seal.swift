internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

extension TrueFoundryRegistry {
  /// The store puts large files together and answers when it has: minutes for a large one.
  private static let idleTimeout = Duration.seconds(300)

  /// Puts every file together, then compares the sizes.
  func finish(_ session: TrueFoundrySession, _ release: Release, _ receipts: [PartReceipt]) async throws(Fault) {
    let receipts = Self.byFile(receipts)
    for file in TrueFoundryLayout(release.artifact, session).files {
      let progress = await progress(of: file, in: session.staged, receipts[file.index] ?? [])
      guard progress.parts.count == file.count else {
        throw .transient(.misaligned, "parts of \(file.path) are still to be sent", effect: .none)
      }
      guard let multipart = progress.multipart, await !urls.isFinished(file.index, in: session.staged) else { continue }
      let parts = (0..<file.count).compactMap { progress.parts[$0] }
      let crc = CRC32.castagnoli.joined(
        parts.enumerated().map { (crc: $0.element.crc32c, bytes: file.part(at: $0.offset).length) })
      guard crc == file.digests.crc32c else {
        await urls.spend(multipart.reference, of: file.index, in: session.staged)
        throw try await damaged(release, file, "other bytes were read from \(file.path) than before")
      }
      try await putTogether(file, multipart, parts, session)
      await urls.finish(file.index, in: session.staged)
    }
    // Nobody says whether a staged version can be listed: where it can't, the committed one is.
    if let held = try await files.sizes(of: session.staged, isStaged: true) {
      if let why = Self.difference(of: held, from: release) {
        throw .transient(
          .sessionExpired, "what TrueFoundry staged for \(release.job) \(why): the upload is begun again", effect: .none
        )
      }
    }
  }

  private func putTogether(
    _ file: TrueFoundryLayout.File, _ multipart: TrueFoundryMultipart, _ parts: [TrueFoundryReceipt],
    _ session: TrueFoundrySession
  ) async throws(Fault) {
    let purpose = "put the parts of \(file.path) together"
    let call: HTTPCall
    if let blocks = multipart.blocks {
      call = HTTPCall(
        .PUT, multipart.finish.url.reveal(), point: .trueFoundryFinishMultipart, purpose: purpose,
        body: .text("<BlockList>\(blocks.map { "<Uncommitted>\($0)</Uncommitted>" }.joined())</BlockList>"),
        idleTimeout: Self.idleTimeout)
    } else {
      let list = parts.enumerated().map { index, part in
        "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(Self.escaped(part.etag))</ETag></Part>"
      }
      call = HTTPCall(
        .POST, multipart.finish.url.reveal(), point: .trueFoundryFinishMultipart, purpose: purpose,
        body: .text("<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>"),
        idleTimeout: Self.idleTimeout)
    }
    let response = StoreResponse(try await client.transport.send(call))
    if !response.isError {
      // A page of somebody else's with status 200 is no success either.
      guard multipart.blocks != nil || response.holds("CompleteMultipartUploadResult") else {
        throw .transient(.badAnswer, "could not \(purpose): the object store's answer is none")
      }
      return
    }
    if response.status == 404 {
      // As it is after an earlier call whose answer was lost: then the file is there.
      let held = try await files.sizes(of: session.staged, isStaged: true)
      if held?[file.path] == file.bytes { return }
    }
    let isOver =
      response.isExpiry || [403, 404].contains(response.status)
      || ["InvalidPart", "InvalidPartOrder", "InvalidBlockList", "NoSuchUpload"].contains(response.code ?? "")
    guard isOver else { throw response.fault(purpose) }
    await urls.spend(multipart.reference, of: file.index, in: session.staged)
    throw .transient(.misaligned, "\(response.fault(purpose).message): \(file.path) is sent again", effect: .none)
  }

  /// What is not as long as it has to be.
  static func difference(of held: [String: Int64], from release: Release) -> String? {
    for file in release.artifact.files where held[file.path] != file.bytes {
      let size = held[file.path].map { "\($0) bytes" } ?? "nothing"
      return "has \(size) as \(file.path), not \(file.bytes) bytes"
    }
    return nil
  }

  /// Tells TrueFoundry that a staged version will never be committed. Only for one whose commit was never asked for: a
  /// commit whose answer was lost may have happened.
  func giveUp(_ session: TrueFoundrySession) async throws(Fault) {
    let response = try await client.call(
      .trueFoundryGiveUp, .POST, "/artifact-versions/mark-stage-failure",
      "give up the staged version \(session.staged)",
      body: ["id": .string(session.staged)])
    if response.status != 404, response.status != 410 { _ = try response.requireSuccess().requireJSON() }
    await urls.forget(session.staged)
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
