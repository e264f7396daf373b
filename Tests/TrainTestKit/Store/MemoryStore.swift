public import TrainCore

/// A ``JobStore`` without a disk. It keeps every promise but durability, and fails when it is told to.
public actor MemoryStore: JobStore {
  private var records: [JobID: JobRecord] = [:]
  private var stored: [EventRecord] = []
  private var parts: [JobID: [String: [Int: PartReceipt]]] = [:]
  private var stones: [JobID: Tombstone] = [:]
  private var numbers: Int64 = 0
  private var sequence: Int64 = 0
  private var scripted: [ScriptedFault] = []
  private let boundary: Boundary

  /// Changes that were stored.
  public private(set) var commits = 0

  private struct ScriptedFault {
    var fault: Fault
    var isApplied: Bool
  }

  public init(boundary: Boundary = Boundary()) { self.boundary = boundary }

  /// Makes the next `count` creates, commits and prunes throw.
  /// - Parameter applied: the change is stored all the same, as when an fsync fails whose bytes were written.
  public func failNext(_ count: Int = 1, with fault: Fault, applied: Bool = false) {
    scripted += Array(repeating: ScriptedFault(fault: fault, isApplied: applied), count: count)
  }

  public func create(_ jobs: [NewJob]) throws(Fault) -> [JobRecord] {
    try boundary.cross(.storeCreate) { () throws(Fault) in
      try scriptedly { () throws(Fault) in try accept(jobs) }
    }
  }

  public func commit(_ change: JobChange) throws(Fault) -> [EventRecord] {
    try boundary.cross(.storeCommit) { () throws(Fault) in
      try scriptedly { () throws(Fault) in try store(change) }
    }
  }

  public func prune(_ jobs: [JobID], at time: Timestamp) throws(Fault) {
    try boundary.cross(.storeCommit) { () throws(Fault) in
      try scriptedly { () throws(Fault) in try remove(jobs, at: time) }
    }
  }

  public func bury(_ jobs: [JobID]) { for job in jobs { stones[job] = nil } }

  public func job(_ id: JobID) -> JobRecord? { records[id] }

  public func jobs(_ query: JobQuery) -> [JobRecord] {
    let found = records.values.filter { Self.matches($0, query) }
      .sorted { query.order == .oldestFirst ? $0.number < $1.number : $0.number > $1.number }
    return query.limit.map { Array(found.prefix(max(0, $0))) } ?? found
  }

  public func tombstones() -> [Tombstone] { stones.values.sorted { $0.id < $1.id } }

  public func events(after sequence: Int64, job: JobID?, limit: Int) -> [EventRecord] {
    Array(
      stored.lazy.filter { $0.sequence > sequence && (job == nil || $0.job == job) }.prefix(max(0, limit)))
  }

  public func lastSequence() -> Int64 { sequence }

  public func receipts(of job: JobID, registry: String) -> [PartReceipt] {
    (parts[job]?[registry] ?? [:]).values.sorted { $0.number < $1.number }
  }

  private func scriptedly<Value>(_ work: () throws(Fault) -> Value) throws(Fault) -> Value {
    guard !scripted.isEmpty else { return try work() }
    let next = scripted.removeFirst()
    if next.isApplied { _ = try work() }
    throw next.fault
  }

  private func accept(_ jobs: [NewJob]) throws(Fault) -> [JobRecord] {
    var seen: Set<JobID> = []
    for job in jobs {
      let id = job.record.id
      guard records[id] == nil, stones[id] == nil, seen.insert(id).inserted else {
        throw Fault.permanent(.alreadyExists, "could not accept \(id): it is or was there already")
      }
    }
    return jobs.map { job in
      numbers += 1
      var record = job.record
      record.number = numbers
      records[record.id] = record
      _ = append([job.accepted], of: record.id)
      return record
    }
  }

  private func store(_ change: JobChange) throws(Fault) -> [EventRecord] {
    let id = change.record.id
    guard let before = records[id] else {
      throw Fault.permanent(.notFound, "could not store a change of \(id): there is no such job in the store")
    }
    commits += 1
    var record = change.record
    record.number = before.number
    records[id] = record
    let registries = Set(record.machine.publications.map(\.registry))
    var receipts = (parts[id] ?? [:]).filter { registries.contains($0.key) && !change.voided.contains($0.key) }
    for (registry, added) in change.receipts where registries.contains(registry) {
      for receipt in added { receipts[registry, default: [:]][receipt.number] = receipt }
    }
    parts[id] = receipts
    return append(change.transitions, of: id)
  }

  private func remove(_ jobs: [JobID], at time: Timestamp) throws(Fault) {
    for job in jobs {
      guard let record = records[job] else { continue }
      let word = record.machine.state.word
      guard word.isTerminal else {
        throw Fault.permanent(.rejected, "could not prune \(job): it is \(word.rawValue)")
      }
    }
    for job in jobs {
      guard let record = records.removeValue(forKey: job) else { continue }
      stored.removeAll { $0.job == job }
      parts[job] = nil
      stones[job] = Tombstone(
        id: job, spec: record.spec.name, version: record.version, identity: record.identity,
        state: record.machine.state.word, pruned: time)
    }
  }

  private func append(_ transitions: [Transition], of job: JobID) -> [EventRecord] {
    transitions.map { transition in
      sequence += 1
      let event = EventRecord(sequence: sequence, job: job, transition: transition)
      stored.append(event)
      return event
    }
  }

  private static func matches(_ record: JobRecord, _ query: JobQuery) -> Bool {
    let word = record.machine.state.word
    if let states = query.states, !states.contains(word) { return false }
    if let spec = query.spec, record.spec.name != spec { return false }
    if let since = query.liveOrChangedSince, word.isTerminal, record.changed < since { return false }
    if let before = query.changedBefore, record.changed >= before { return false }
    if let after = query.after, record.number <= after { return false }
    if query.owing, record.machine.isAtRest { return false }
    return true
  }
}
