/// What a provider gave for a submission: enough to find the remote job again, whatever happened to us.
/// Stored as it is; only the provider that made it looks inside ``state``.
public struct ProviderHandle: Hashable, Sendable, Codable {
  /// The layout of ``state``.
  public var version: Int
  /// The platform's own id of the job.
  public var reference: String
  public var state: JSON

  public init(version: Int = 1, reference: String, state: JSON = .empty) {
    self.version = version
    self.reference = reference
    self.state = state
  }
}

/// One attempt at training that the provider has accepted.
public struct Run: Hashable, Sendable, Codable {
  public var attempt: Int
  public var handle: ProviderHandle
  /// When the provider's acceptance was recorded here.
  public var accepted: Timestamp
  /// When the attempt began to wait; the base of `limits.queue`.
  public var queued: Timestamp
  /// When the run was first known to run; the base of `limits.run`.
  public var started: Timestamp?
  /// When it was first known to have succeeded.
  public var ended: Timestamp?

  public init(
    attempt: Int, handle: ProviderHandle, accepted: Timestamp, queued: Timestamp? = nil, started: Timestamp? = nil
  ) {
    self.attempt = attempt
    self.handle = handle
    self.accepted = accepted
    self.queued = queued ?? accepted
    self.started = started
  }
}

/// What one attempt asks a provider for, under a key that is the same whenever it is asked again.
public struct Submission: Hashable, Sendable {
  public var job: JobID
  public var attempt: Int
  public var modelName: String
  /// The version on the platform: the job's for attempt 1, `<version>-r<n>` for attempt n.
  public var modelVersion: String
  public var train: JSON
  /// sha256 of the job's identity, hex.
  public var identity: String
  /// When this attempt was first intended; what is older under our key is not ours.
  public var intended: Timestamp

  public init(
    job: JobID, attempt: Int, modelName: String, modelVersion: String, train: JSON, identity: String,
    intended: Timestamp
  ) {
    self.job = job
    self.attempt = attempt
    self.modelName = modelName
    self.modelVersion = modelVersion
    self.train = train
    self.identity = identity
    self.intended = intended
  }

  public static func remoteVersion(_ version: String, attempt: Int) -> String {
    attempt == 1 ? version : "\(version)-r\(attempt)"
  }
}

/// What a look-up under our key found.
public enum Finding<Found: Hashable & Sendable>: Hashable, Sendable {
  case absent
  /// Everything that can be compared matches, and it is not older than our intent.
  case ours(Found)
  /// Something is there that may not be ours; `why` names what differs.
  case foreign(Found, why: String)
}

/// What a provider says about a run. Never made up from silence.
public struct Observation: Hashable, Sendable, Codable {
  public enum Phase: Hashable, Sendable, Codable {
    case pending
    case running
    /// A stop was accepted and is under way.
    case stopping
    case succeeded
    case failed(message: String)
    case cancelled
    /// The provider does not know the run, confirmed a second way after a grace.
    case lost(message: String)
  }

  public var phase: Phase
  /// The provider says that it ran.
  public var hasRun: Bool
  /// 0...1, where the provider knows.
  public var progress: Double?
  public var metrics: [String: Double]
  /// The training's own status line.
  public var status: String?

  public init(
    _ phase: Phase, hasRun: Bool = false, progress: Double? = nil, metrics: [String: Double] = [:],
    status: String? = nil
  ) {
    self.phase = phase
    self.hasRun = hasRun
    self.progress = progress
    self.metrics = metrics
    self.status = status
  }
}
