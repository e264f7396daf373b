import TrainCore
import TrainTestKit

/// One life's way to the store that outlives it: commits fail, take a moment, or are the last thing that a process did.
struct SimulatedStore: JobStore {
  let inner: MemoryStore
  let storm: SimulatedStorm
  let life: SimulatedLife
  let ledger: SimulatedLedger

  private func write<Answer: Sendable>(
    _ name: String, _ work: () async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    try life.cross()
    if !storm.isOver, storm.chance(20) {
      try? await storm.time.sleep(until: storm.time.monotonic + storm.duration(1..<60))
      if life.isOver { throw .transient(.interrupted, "the process has died", effect: .none) }
    }
    if let fault = storm.storeFault() {
      storm.tell("\(name): \(fault.code.rawValue)")
      throw fault
    }
    if !storm.isOver, storm.pick(0..<400) == 0 {
      storm.note(.outcomeUnknown)
      if storm.chance(50) { _ = try await work() }
      storm.tell("\(name): the outcome is unknown; the process ends")
      life.end()
      throw .permanent(.outcomeUnknown, "storm: fsync failed")
    }
    let answer = try await work()
    storm.tell("\(name)")
    try life.cross()
    return answer
  }

  private func read<Answer: Sendable>(_ work: () async throws(Fault) -> Answer) async throws(Fault) -> Answer {
    if life.isOver { throw .transient(.interrupted, "the process has died", effect: .none) }
    if !storm.isOver, storm.chance(2) { throw .transient(.io, "storm: the disk could not be read", effect: .none) }
    return try await work()
  }

  func create(_ jobs: [NewJob]) async throws(Fault) -> [JobRecord] {
    let inner = inner
    return try await write("store: create \(jobs.map(\.record.id))") { () async throws(Fault) -> [JobRecord] in
      try await inner.create(jobs)
    }
  }

  func commit(_ change: JobChange) async throws(Fault) -> [EventRecord] {
    let (inner, ledger) = (inner, ledger)
    let steps = change.transitions.map { "\($0.from.rawValue)->\($0.to.rawValue)" }
    return try await write("store: \(change.record.id) \(change.record.machine.state.word.rawValue) \(steps)") {
      () async throws(Fault) -> [EventRecord] in
      let events = try await inner.commit(change)
      ledger.stores(change.record.machine)
      return events
    }
  }

  func prune(_ jobs: [JobID], at time: Timestamp) async throws(Fault) {
    let inner = inner
    try await write("store: prune \(jobs)") { () async throws(Fault) in try await inner.prune(jobs, at: time) }
  }

  func bury(_ jobs: [JobID]) async throws(Fault) {
    let inner = inner
    try await write("store: bury \(jobs)") { () async throws(Fault) in await inner.bury(jobs) }
  }

  func job(_ id: JobID) async throws(Fault) -> JobRecord? {
    let inner = inner
    return try await read { () async throws(Fault) -> JobRecord? in await inner.job(id) }
  }

  func jobs(_ query: JobQuery) async throws(Fault) -> [JobRecord] {
    let inner = inner
    return try await read { () async throws(Fault) -> [JobRecord] in await inner.jobs(query) }
  }

  func tombstones() async throws(Fault) -> [Tombstone] {
    let inner = inner
    return try await read { () async throws(Fault) -> [Tombstone] in await inner.tombstones() }
  }

  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(Fault) -> [EventRecord] {
    let inner = inner
    return try await read { () async throws(Fault) -> [EventRecord] in
      await inner.events(after: sequence, job: job, limit: limit)
    }
  }

  func lastSequence() async throws(Fault) -> Int64 { await inner.lastSequence() }

  func receipts(of job: JobID, registry: String) async throws(Fault) -> [PartReceipt] {
    let inner = inner
    return try await read { () async throws(Fault) -> [PartReceipt] in
      await inner.receipts(of: job, registry: registry)
    }
  }
}
