/// A job as the store keeps it.
public struct JobRecord: Hashable, Sendable, Codable {
  public enum Origin: Hashable, Sendable, Codable {
    /// A file in a `jobs.d`.
    case specDirectory
    /// `trainctl submit`, or `run` with changes.
    case submitted(Operator?)
  }

  public var id: JobID
  /// Order of acceptance. Set by the store.
  public var number: Int64
  public var spec: JobSpec
  /// The version itself, `auto` resolved.
  public var version: String
  /// sha256 of ``JobSpec/written`` in canonical form, hex.
  public var identity: String
  public var origin: Origin
  public var machine: JobMachine
  public var created: Timestamp
  /// Of the last transition.
  public var changed: Timestamp
  public var finished: Timestamp?

  public init(
    id: JobID, number: Int64 = 0, spec: JobSpec, version: String, identity: String, origin: Origin,
    machine: JobMachine, created: Timestamp
  ) {
    self.id = id
    self.number = number
    self.spec = spec
    self.version = version
    self.identity = identity
    self.origin = origin
    self.machine = machine
    self.created = created
    self.changed = created
  }
}

/// One row of the event table: a transition with its place in the order of all.
public struct EventRecord: Hashable, Sendable, Codable {
  public var sequence: Int64
  public var job: JobID
  public var transition: Transition

  public init(sequence: Int64, job: JobID, transition: Transition) {
    self.sequence = sequence
    self.job = job
    self.transition = transition
  }
}
