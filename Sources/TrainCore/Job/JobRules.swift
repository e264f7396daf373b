/// What a job goes by: from its spec and the daemon's configuration. May change while the job lives.
public struct JobRules: Hashable, Sendable, Codable {
  public var id: JobID
  public var retry: RetryPolicy
  public var limits: JobSpec.Limits
  /// The registries to publish to, in the spec's order.
  public var registries: [String]
  /// Registry -> the alias that is moved to the version once it is verified; `nil` = none.
  public var aliases: [String: String]?

  public init(
    id: JobID, retry: RetryPolicy = .init(), limits: JobSpec.Limits = .init(), registries: [String] = [],
    aliases: [String: String]? = nil
  ) {
    self.id = id
    self.retry = retry
    self.limits = limits
    self.registries = registries
    self.aliases = aliases
  }
}

/// Why a job that could be submitted is not.
public struct Hold: Hashable, Sendable, Codable {
  public var reason: JobReason
  public var message: String

  public init(reason: JobReason, message: String) {
    self.reason = reason
    self.message = message
  }
}

/// A step that users, the journal and the event table see.
public struct Transition: Hashable, Sendable, Codable {
  public var time: Timestamp
  public var from: JobState.Word
  public var to: JobState.Word
  public var reason: JobReason?
  public var message: String?
  public var attempt: Int
  public var actor: Operator?
  /// Facts in fields: `registry`, `publication`, `bytes_sent`, `bytes_total`, `remote_id`, `digest`, ...
  public var detail: [String: JSON]

  public init(
    time: Timestamp, from: JobState.Word, to: JobState.Word, reason: JobReason? = nil, message: String? = nil,
    attempt: Int, actor: Operator? = nil, detail: [String: JSON] = [:]
  ) {
    self.time = time
    self.from = from
    self.to = to
    self.reason = reason
    self.message = message
    self.attempt = attempt
    self.actor = actor
    self.detail = detail
  }
}
