internal import NIOHTTP1
public import TrainCore
internal import TrainTransport

extension SynapseRegistry {
  /// How long an upload in doubt must stand still to be believed, and how often that is waited for.
  static let pause = Duration.seconds(2)
  static let mostPauses = 15

  func state(of session: SynapseSession) async throws(Fault) -> SynapseUpload {
    let purpose = "ask for the state of an upload"
    let response = try await client.call(.synapseGetUpload, .GET, session.path, purpose)
    if response.status == 404 || response.status == 410 { throw Self.gone(session, response) }
    return try SynapseUpload.from(response.requireSuccess(), purpose)
  }

  /// The state once nothing moves any more. Two parts at one offset corrupt the upload (the backend does not lock), so
  /// a part that may still be on its way is waited for: after an ambiguous answer, and after a restart.
  func settledState(of session: SynapseSession) async throws(Fault) -> SynapseUpload {
    var upload = try await state(of: session)
    guard unsettled.contains(session.upload) else { return upload }
    for _ in 0..<Self.mostPauses {
      if upload.isComplete { break }
      do {
        try await time.sleep(until: time.monotonic + Self.pause)
      } catch {
        throw .transient(.interrupted, "interrupted while an upload to Synapse settled", effect: .none)
      }
      let next = try await state(of: session)
      if next == upload {
        unsettled.remove(session.upload)
        return next
      }
      upload = next
    }
    guard upload.isComplete else {
      throw .transient(
        .unavailable, "an upload to Synapse still moves though nothing is being sent: it is waited for", effect: .none)
    }
    unsettled.remove(session.upload)
    return upload
  }

  /// The backend lets nobody remove an upload; it ends those that are not whole by itself.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    guard let stored = upload.session else { return }
    let session = try SynapseSession(stored)
    unsettled.remove(session.upload)
    let found: SynapseUpload
    do throws(Fault) { found = try await state(of: session) } catch  where error.code == .sessionExpired { return }
    throw .permanent(
      .unsupported,
      found.isComplete
        ? "Synapse has no call that removes an upload"
        : "Synapse has no call that removes an upload; it ends this one by itself")
  }

  public func holdings(of session: UploadSession) -> [String] {
    (try? SynapseSession(session)).map { ["the upload \($0.upload), \($0.bytes) bytes when it is whole"] } ?? []
  }

  static func gone(_ session: SynapseSession, _ response: HTTPResponse) -> Fault {
    .transient(
      .sessionExpired, "Synapse no longer knows the upload \(session.upload) (\(response.status)): it is begun again",
      effect: .none)
  }

  /// Lets the backend check the digest and close the upload. Its own call is not idempotent, so its state decides.
  /// - Parameter refused: called when all bytes are there and the backend finds them wrong: are ours still right?
  func finalize(_ session: SynapseSession, refused examine: () async throws(Fault) -> Void) async throws(Fault) {
    let purpose = "finish an upload"
    guard let md5 = session.md5 else { throw .permanent(.internalError, "an upload is finished without its digest") }
    var doubt: Fault
    var refused = false
    do throws(Fault) {
      let response = try await client.json(
        .synapseFinishUpload, .POST, session.path, purpose, body: ["md5": .string(md5)],
        idleTimeout: FileHash.idleTimeout(for: session.bytes))
      if response.isSuccess, let upload = response.json.flatMap(SynapseUpload.init), upload.isComplete,
        upload.offset == session.bytes
      {
        return
      }
      switch response.status {
      case 401, 403, 429: throw response.fault
      case 404, 410: throw Self.gone(session, response)
      case 400..<500: refused = true
      default: break
      }
      doubt = response.isSuccess ? .transient(.badAnswer, "could not \(purpose): \(response.excerpt)") : response.fault
    } catch {
      guard error.effect == .unknown else { throw error }
      doubt = error
    }
    let upload = try await state(of: session)
    if upload.isComplete {
      guard upload.offset == session.bytes else {
        throw .transient(
          .sessionExpired, "Synapse closed an upload at byte \(upload.offset) of \(session.bytes): it is begun again",
          effect: .none)
      }
      return
    }
    if upload.offset != session.bytes {
      throw .transient(
        .misaligned, "Synapse is at byte \(upload.offset) of \(session.bytes), too early to finish", effect: .none)
    }
    if refused {
      // All bytes are there and it refuses: they are not the right ones.
      try await examine()
      throw .transient(
        .sessionExpired, "Synapse holds other bytes than were sent (\(doubt.message)): the upload is begun again",
        effect: .none)
    }
    if doubt.isPermanent { doubt.disposition = .transient(after: nil) }
    throw doubt
  }
}
