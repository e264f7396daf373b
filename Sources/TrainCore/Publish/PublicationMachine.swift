/// One artifact -> one registry, as a value. It performs no I/O and reads no clock.
public struct PublicationMachine: Hashable, Sendable, Codable {
  public enum Event: Hashable, Sendable, Codable {
    /// The registry is about to be asked for a new upload. Durable before the call.
    case openAsked
    /// It certainly opened none.
    case openDenied
    /// The registry took a new upload.
    case opened(UploadSession, total: Int64)
    /// The registry acknowledged bytes; `sent` counts all that it holds now.
    case advanced(UploadSession, sent: Int64, receipt: PartReceipt?)
    /// The registry holds all bytes and has checked them, as far as it does.
    case sealed(UploadSession)
    /// The commit call is about to be made. Durable before the call.
    case commitAsked
    /// The version is there, is ours, and was verified.
    case committed(RemoteVersion, bytes: Int64)
    /// The upload cannot go on; a new one is needed.
    case expired(Fault)
    case callFailed(Fault)
    case refused(Fault)
    /// A commit in doubt has been absent for long enough: it did not happen.
    case commitAbsent
    /// Cancel: end as soon as nothing is in doubt.
    case stopRequested
    case reopened
    case givenUp(message: String)
    /// An operator wants an alias at this version, or it back where it was.
    case promoteRequested(alias: String)
    case demoteRequested
    /// The alias is about to be moved; this is where it points now. Durable before the call.
    case promoteAsked(replaced: RemoteVersion?)
    /// The alias points where it is to point.
    case promoted
    case deadline(Timestamp)
  }

  public let registry: String
  public private(set) var state: PublicationState = .waiting
  /// The call that has to be made again.
  public private(set) var call: CallRetry?
  /// Uploads begun, from 1.
  public private(set) var attempt = 1
  public private(set) var stopping = false
  /// The alias that is moved to the version once it is verified.
  public internal(set) var alias: String?
  /// What became of the last move of an alias.
  public private(set) var promotion: PromotionOutcome?
  /// Calls for a new upload of which it is not known that nothing came: 1, or 2 for more than one; `nil` = none.
  public private(set) var openings: Int?
  /// A commit of the upload under way was asked for before, and looked for in vain; `nil` = no.
  public private(set) var wasCommitAbsent: Bool?

  /// What was begun at the registry and is not gone on with.
  public struct Dropped: Hashable, Sendable {
    /// `nil` = an upload may have been opened, and nobody heard.
    public var session: UploadSession?
    /// A commit of it was asked for.
    public var commitAsked = false
  }

  public init(registry: String, alias: String? = nil) {
    self.registry = registry
    self.alias = alias
  }

  /// The session is to be worked on now: no wait is in force.
  public var isActive: Bool { !state.isSettled && call?.until == nil }
  public var wake: Timestamp? { state.isSettled ? nil : call?.until }

  public var bytesSent: Int64 {
    switch state {
    case .waiting, .failed: 0
    case .uploading(_, let sent, _): sent
    case .committing(_, _, let total): total
    case .promoting(_, let bytes, _), .committed(_, let bytes): bytes
    }
  }

  /// Returns what is to be freed at the registry.
  @discardableResult
  public mutating func handle(
    _ event: Event, at now: Timestamp, retry: RetryPolicy, of job: JobID
  ) -> [Dropped] {
    let before = self
    switch event {
    case .openAsked:
      guard case .waiting = state, !stopping else { break }
      openings = openings == nil ? 1 : 2
    case .openDenied:
      guard case .waiting = state else { break }
      openings = openings == 2 ? 1 : nil
    case .opened(let session, let total):
      guard case .waiting = state, !stopping else { break }
      state = .uploading(session, sent: 0, total: total)
      call = nil
    case .advanced(let session, let sent, _):
      guard case .uploading(_, _, let total) = state else { break }
      state = .uploading(session, sent: min(sent, total), total: total)
      call = nil
    case .sealed(let session):
      guard case .uploading(_, _, let total) = state else { break }
      state = .committing(session, asked: nil, total: total)
      call = nil
    case .commitAsked:
      guard case .committing(let session, _, let total) = state, !stopping else { break }
      state = .committing(session, asked: now, total: total)
    case .committed(let version, let bytes):
      guard !state.isSettled, !state.isPromoting else { break }
      if let alias, !stopping {
        state = .promoting(version, bytes: bytes, Promotion(alias: alias, target: version))
      } else {
        state = .committed(version, bytes: bytes)
      }
      call = nil
    case .expired(let fault):
      switch state {
      case .uploading, .committing(_, nil, _):
        state = .waiting
        attempt += 1
        failed(fault, at: now, retry: retry, of: job)
      // What may be there already is looked for again first.
      case .committing, .promoting: failed(fault, at: now, retry: retry, of: job)
      case .waiting, .committed, .failed: break
      }
    case .callFailed(let fault):
      guard !state.isSettled else { break }
      failed(fault, at: now, retry: retry, of: job)
    case .refused(let fault):
      guard !state.isSettled else { break }
      fail(.publishRefused, fault.message, at: now)
    case .commitAbsent:
      guard case .committing(let session, .some, let total) = state else { break }
      state = .committing(session, asked: nil, total: total)
      wasCommitAbsent = true
      call = nil
      if stopping { fail(.cancelledByUser, "stopped by a cancel", at: now) }
    case .stopRequested:
      guard !state.isSettled else { break }
      stopping = true
      if !state.isInDoubt { fail(.cancelledByUser, "stopped by a cancel", at: now) } else { call?.until = nil }
    case .reopened:
      guard case .failed = state else { break }
      state = .waiting
      attempt += 1
      stopping = false
      call = nil
    case .givenUp(let message):
      guard !state.isSettled else { break }
      fail(.givenUp, message, at: now)
    case .promoteRequested(let alias):
      guard case .committed(let version, let bytes) = state else { break }
      state = .promoting(version, bytes: bytes, Promotion(alias: alias, target: version, isLate: true))
    case .demoteRequested:
      guard case .committed(let version, let bytes) = state, let promotion, promotion.isMoved(to: version) else {
        break
      }
      let asked = Promotion.Asked(at: now, replaced: version)
      state = .promoting(
        version, bytes: bytes, Promotion(alias: promotion.alias, target: promotion.replaced, asked: asked, isLate: true)
      )
    case .promoteAsked(let replaced):
      guard case .promoting(let version, let bytes, var promotion) = state, promotion.asked == nil, !stopping
      else { break }
      promotion.asked = Promotion.Asked(at: now, replaced: replaced)
      state = .promoting(version, bytes: bytes, promotion)
    case .promoted:
      guard case .promoting(let version, let bytes, let promotion) = state else { break }
      endPromotion(promotion, version, bytes, at: now)
    case .deadline(let due):
      guard call?.until == due else { break }
      call?.until = nil
    }
    return dropped(since: before, by: event)
  }

  private mutating func dropped(since before: PublicationMachine, by event: Event) -> [Dropped] {
    var dropped: [Dropped] = []
    // An answer that came too late, of something that nobody wants any more.
    if let session = event.session, state.session == nil, state.version == nil {
      dropped.append(Dropped(session: session))
    }
    if let session = before.state.session, state.session == nil {
      let commitAsked = before.state.commitInDoubt || before.wasCommitAbsent == true
      if state.version == nil || !commitAsked { dropped.append(Dropped(session: session, commitAsked: commitAsked)) }
      wasCommitAbsent = nil
    }
    if let asked = openings, !state.isWaiting {
      let heard = before.state.isWaiting && state.session != nil ? 1 : 0
      if asked > heard { dropped.append(Dropped(session: nil)) }
      openings = nil
    }
    return dropped
  }

  private mutating func failed(_ fault: Fault, at now: Timestamp, retry: RetryPolicy, of job: JobID) {
    let tries = (call?.tries ?? 0) + 1
    let delay = retry.delay(
      afterTry: tries, of: "\(job)/\(registry)", attempt: attempt, atLeast: fault.retryAfter)
    call = CallRetry(tries: tries, until: now + delay, fault: fault)
  }

  /// A version that is there stays there: only the move of its alias has failed then.
  private mutating func fail(_ reason: JobReason, _ message: String, at now: Timestamp) {
    if case .promoting(let version, let bytes, let promotion) = state {
      endPromotion(promotion, version, bytes, refusal: message, at: now)
    } else {
      state = .failed(reason, message: message)
    }
    call = nil
  }

  private mutating func endPromotion(
    _ ended: Promotion, _ version: RemoteVersion, _ bytes: Int64, refusal: String? = nil, at now: Timestamp
  ) {
    // Asked for again where we moved it to: what that move replaced can still be put back. Where it was without us,
    // nothing was replaced.
    let earlier = promotion.flatMap { last in
      last.alias == ended.alias && ended.target.map(last.isMoved) == true ? last : nil
    }
    let replaced = ended.asked.map(\.replaced) ?? (earlier.map(\.replaced) ?? ended.target)
    promotion = PromotionOutcome(
      alias: ended.alias, at: now, target: ended.target, replaced: replaced, refusal: refusal)
    state = .committed(version, bytes: bytes)
    call = nil
  }
}

extension PublicationMachine.Event {
  /// The upload that it tells of.
  var session: UploadSession? {
    switch self {
    case .opened(let session, _), .advanced(let session, _, _), .sealed(let session): session
    case .openAsked, .openDenied, .commitAsked, .committed, .expired, .callFailed, .refused, .commitAbsent,
      .stopRequested, .reopened, .givenUp, .promoteRequested, .demoteRequested, .promoteAsked, .promoted, .deadline:
      nil
    }
  }
}
