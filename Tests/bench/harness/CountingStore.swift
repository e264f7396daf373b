import Synchronization
import TrainCore

/// A store that counts what it is asked for.
final class CountingStore: JobStore {
  struct Calls {
    var commits = 0
    var reads = 0
  }
  private let store: any JobStore
  private let counted = Mutex(Calls())

  init(_ store: any JobStore) { self.store = store }

  var calls: Calls { counted.withLock { $0 } }

  func create(_ jobs: [NewJob]) async throws(Fault) -> [JobRecord] { try await store.create(jobs) }
  func commit(_ change: JobChange) async throws(Fault) -> [EventRecord] {
    counted.withLock { $0.commits += 1 }
    return try await store.commit(change)
  }
  func prune(_ jobs: [JobID], at time: Timestamp) async throws(Fault) { try await store.prune(jobs, at: time) }
  func bury(_ jobs: [JobID]) async throws(Fault) { try await store.bury(jobs) }
  func job(_ id: JobID) async throws(Fault) -> JobRecord? {
    counted.withLock { $0.reads += 1 }
    return try await store.job(id)
  }
  func jobs(_ query: JobQuery) async throws(Fault) -> [JobRecord] {
    counted.withLock { $0.reads += 1 }
    return try await store.jobs(query)
  }
  func tombstones() async throws(Fault) -> [Tombstone] { try await store.tombstones() }
  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(Fault) -> [EventRecord] {
    try await store.events(after: sequence, job: job, limit: limit)
  }
  func lastSequence() async throws(Fault) -> Int64 { try await store.lastSequence() }
  func receipts(of job: JobID, registry: String) async throws(Fault) -> [PartReceipt] {
    try await store.receipts(of: job, registry: registry)
  }
}
