/// Where jobs are kept. What a method returned from is durable: it survives a power cut.
///
/// Every method throws a ``Fault``: `.diskFull` (transient; nothing was written), `.io` (transient; nothing was
/// written), `.corrupted` (permanent), or ``Fault/Code/outcomeUnknown`` after a failed fsync (the process must end and
/// reload).
public protocol JobStore: Sendable {
  /// Accepts new jobs, all or none; returns them with their numbers, in order. Fault `.alreadyExists` when an id is
  /// taken.
  func create(_ jobs: [NewJob]) async throws(Fault) -> [JobRecord]
  /// Stores one job's change. Changes of many jobs at once share a transaction. Returns the events as stored.
  func commit(_ change: JobChange) async throws(Fault) -> [EventRecord]
  /// Removes terminal jobs and their events and leaves a tombstone for each, all or none.
  func prune(_ jobs: [JobID], at time: Timestamp) async throws(Fault)
  /// Removes tombstones: the specs that they remember are gone.
  func bury(_ jobs: [JobID]) async throws(Fault)

  func job(_ id: JobID) async throws(Fault) -> JobRecord?
  func jobs(_ query: JobQuery) async throws(Fault) -> [JobRecord]
  func tombstones() async throws(Fault) -> [Tombstone]
  /// Events after `sequence`, oldest first, at most `limit`.
  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(Fault) -> [EventRecord]
  /// The number of the last event; 0 when there is none.
  func lastSequence() async throws(Fault) -> Int64
  /// Receipts of the current upload of a publication, in order of their numbers.
  func receipts(of job: JobID, registry: String) async throws(Fault) -> [PartReceipt]
}

extension Fault.Code {
  /// A failed fsync: what is on disk is unknown until it is read again.
  public static let outcomeUnknown = Fault.Code(rawValue: "outcome-unknown")
}

public struct NewJob: Hashable, Sendable {
  /// Its `number` is ignored.
  public var record: JobRecord
  public var accepted: Transition

  public init(record: JobRecord, accepted: Transition) {
    self.record = record
    self.accepted = accepted
  }
}

/// One step of one job, to be stored whole or not at all.
public struct JobChange: Hashable, Sendable {
  /// The whole job, after the step.
  public var record: JobRecord
  public var transitions: [Transition]
  /// Receipts to add, by registry.
  public var receipts: [String: [PartReceipt]]
  /// Registries whose receipts are void: their upload begins anew or has ended.
  public var voided: Set<String>

  public init(
    record: JobRecord, transitions: [Transition], receipts: [String: [PartReceipt]] = [:], voided: Set<String> = []
  ) {
    self.record = record
    self.transitions = transitions
    self.receipts = receipts
    self.voided = voided
  }
}

/// Which jobs to read; every part that is given must hold.
public struct JobQuery: Hashable, Sendable {
  public enum Order: Hashable, Sendable { case newestFirst, oldestFirst }
  public var states: Set<JobState.Word>?
  public var spec: String?
  /// Not terminal, or changed since then.
  public var liveOrChangedSince: Timestamp?
  /// Changed before then.
  public var changedBefore: Timestamp?
  /// Only jobs that owe something: not terminal, or with logs still to be copied.
  public var owing: Bool
  /// Only jobs with a higher number: where the next page of ``Order/oldestFirst`` starts.
  public var after: Int64?
  public var order: Order
  public var limit: Int?

  public init(
    states: Set<JobState.Word>? = nil, spec: String? = nil, liveOrChangedSince: Timestamp? = nil,
    changedBefore: Timestamp? = nil, owing: Bool = false, after: Int64? = nil, order: Order = .newestFirst,
    limit: Int? = nil
  ) {
    self.states = states
    self.spec = spec
    self.liveOrChangedSince = liveOrChangedSince
    self.changedBefore = changedBefore
    self.owing = owing
    self.after = after
    self.order = order
    self.limit = limit
  }
}

/// What is left of a pruned job: enough never to train it again.
public struct Tombstone: Hashable, Sendable, Codable {
  public var id: JobID
  public var spec: String
  public var version: String
  public var identity: String
  public var state: JobState.Word
  public var pruned: Timestamp

  public init(
    id: JobID, spec: String, version: String, identity: String, state: JobState.Word, pruned: Timestamp
  ) {
    self.id = id
    self.spec = spec
    self.version = version
    self.identity = identity
    self.state = state
    self.pruned = pruned
  }
}
