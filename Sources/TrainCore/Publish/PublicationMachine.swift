/// One artifact -> one registry, as a value. It performs no I/O and reads no clock.
public struct PublicationMachine: Hashable, Sendable, Codable {
  public enum Event: Hashable, Sendable, Codable {
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
    case deadline(Timestamp)
  }

  public let registry: String
  public private(set) var state: PublicationState = .waiting
  /// The call that has to be made again.
  public private(set) var call: CallRetry?
  /// Uploads begun, from 1.
  public private(set) var attempt = 1
  public private(set) var stopping = false

  public init(registry: String) { self.registry = registry }

  /// The session is to be worked on now: no wait is in force.
  public var isActive: Bool { !state.isSettled && call?.until == nil }
  public var wake: Timestamp? { state.isSettled ? nil : call?.until }

  public var bytesSent: Int64 {
    switch state {
    case .waiting, .failed: 0
    case .uploading(_, let sent, _): sent
    case .committing(_, _, let total): total
    case .committed(_, let bytes): bytes
    }
  }

  /// Returns whether the event meant anything in this state.
  @discardableResult
  public mutating func handle(
    _ event: Event, at now: Timestamp, retry: RetryPolicy, of job: JobID
  ) -> Bool {
    let before = self
    switch event {
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
      guard !state.isSettled else { break }
      state = .committed(version, bytes: bytes)
      call = nil
    case .expired(let fault):
      switch state {
      case .uploading, .committing(_, nil, _):
        state = .waiting
        attempt += 1
        failed(fault, at: now, retry: retry, of: job)
      // What may be there already is looked for again first.
      case .committing: failed(fault, at: now, retry: retry, of: job)
      case .waiting, .committed, .failed: break
      }
    case .callFailed(let fault):
      guard !state.isSettled else { break }
      failed(fault, at: now, retry: retry, of: job)
    case .refused(let fault):
      guard !state.isSettled else { break }
      fail(.publishRefused, fault.message)
    case .commitAbsent:
      guard case .committing(let session, .some, let total) = state else { break }
      state = .committing(session, asked: nil, total: total)
      call = nil
      if stopping { fail(.cancelledByUser, "stopped by a cancel") }
    case .stopRequested:
      guard !state.isSettled else { break }
      stopping = true
      if !state.commitInDoubt { fail(.cancelledByUser, "stopped by a cancel") } else { call?.until = nil }
    case .reopened:
      guard case .failed = state else { break }
      state = .waiting
      attempt += 1
      stopping = false
      call = nil
    case .givenUp(let message):
      guard !state.isSettled else { break }
      fail(.givenUp, message)
    case .deadline(let due):
      guard call?.until == due else { break }
      call?.until = nil
    }
    return self != before
  }

  private mutating func failed(_ fault: Fault, at now: Timestamp, retry: RetryPolicy, of job: JobID) {
    let tries = (call?.tries ?? 0) + 1
    let delay = retry.delay(
      afterTry: tries, of: "\(job)/\(registry)", attempt: attempt, atLeast: fault.retryAfter)
    call = CallRetry(tries: tries, until: now + delay, fault: fault)
  }

  private mutating func fail(_ reason: JobReason, _ message: String) {
    state = .failed(reason, message: message)
    call = nil
  }
}
