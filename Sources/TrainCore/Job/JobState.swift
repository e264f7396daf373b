/// Where a job is. Each case says what it means and where it may go; its data lives in the case.
public enum JobState: Hashable, Sendable, Codable {
  /// Waits for a slot on its connection. Next: submitting, failed (queue-timeout), cancelled.
  case queued(Queued)
  /// The provider is being asked. From `asked` on (stored before the call) a remote job may exist without our knowing.
  /// Next: submitted, queued (held: something that is not ours is there), failed, cancelling, cancelled.
  case submitting(Submitting)
  /// The provider has accepted and not started it. Next: running, publishing, backing-off, failed, cancelling,
  /// cancelled.
  case submitted(Run)
  /// The provider runs it. Next: publishing, backing-off, failed, cancelling, cancelled.
  case running(Run)
  /// An attempt failed; another follows. Next: queued, cancelled.
  case backingOff(BackingOff)
  /// It trained; the artifact is fetched and published. Next: done, failed, cancelling (withdrawing).
  case publishing(Run)
  /// A stop of the run was asked for. Next: cancelled, failed, done, publishing (it had beaten a timeout).
  case cancelling(Stopping)
  /// A cancel came while publishing; what is in doubt is resolved. Next: cancelled, done.
  case withdrawing(Run)
  case done(JobReason?)
  case failed(JobReason, message: String)
  case cancelled(JobReason, message: String)

  public struct Queued: Hashable, Sendable, Codable {
    public var attempt: Int
    /// The base of `limits.queue`.
    public var since: Timestamp
    /// An operator said that what is found under our key is to be taken as ours.
    public var adopt: Bool
    public init(attempt: Int, since: Timestamp, adopt: Bool = false) {
      self.attempt = attempt
      self.since = since
      self.adopt = adopt
    }
  }

  public struct Submitting: Hashable, Sendable, Codable {
    public var attempt: Int
    public var queuedSince: Timestamp
    public var intended: Timestamp
    /// When the provider was first asked to create it; `nil` = certainly never, or certainly in vain.
    public var asked: Timestamp?
    public var adopt: Bool
    public var cancelRequested = false
  }

  public struct BackingOff: Hashable, Sendable, Codable {
    public var nextAttempt: Int
    public var until: Timestamp
    public var message: String
  }

  public struct Stopping: Hashable, Sendable, Codable {
    public enum Cause: String, Hashable, Sendable, Codable { case user, queueTimeout, runTimeout }
    public var run: Run
    public var cause: Cause
    /// When the provider took the request; the base of `limits.stop`.
    public var delivered: Timestamp?
    public var forced = false
  }

  /// The word that users see.
  public var word: Word {
    switch self {
    case .queued: .queued
    case .submitting: .submitting
    case .submitted: .submitted
    case .running: .running
    case .backingOff: .backingOff
    case .publishing: .publishing
    case .cancelling, .withdrawing: .cancelling
    case .done: .done
    case .failed: .failed
    case .cancelled: .cancelled
    }
  }

  public enum Word: String, Hashable, Sendable, Codable, CaseIterable {
    case queued, submitting, submitted, running
    case backingOff = "backing-off"
    case publishing, cancelling, done, failed, cancelled

    public var isTerminal: Bool {
      switch self {
      case .done, .failed, .cancelled: true
      case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling: false
      }
    }
  }

  public var isTerminal: Bool { word.isTerminal }

  /// Counts against the connection's `max_running`.
  public var holdsSlot: Bool {
    switch self {
    case .submitting, .submitted, .running, .cancelling: true
    case .queued, .backingOff, .publishing, .withdrawing, .done, .failed, .cancelled: false
    }
  }

  /// The run that this state is about.
  public var run: Run? {
    switch self {
    case .submitted(let run), .running(let run), .publishing(let run), .withdrawing(let run): run
    case .cancelling(let stopping): stopping.run
    case .queued, .submitting, .backingOff, .done, .failed, .cancelled: nil
    }
  }

  public var reason: JobReason? {
    switch self {
    case .done(let reason): reason
    case .failed(let reason, _), .cancelled(let reason, _): reason
    case .backingOff: .trainingFailed
    case .queued, .submitting, .submitted, .running, .publishing, .cancelling, .withdrawing: nil
    }
  }

  public var message: String? {
    switch self {
    case .failed(_, let message), .cancelled(_, let message): message
    case .backingOff(let backingOff): backingOff.message
    case .queued, .submitting, .submitted, .running, .publishing, .cancelling, .withdrawing, .done: nil
    }
  }
}
