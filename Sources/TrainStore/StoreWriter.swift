internal import GRDB
internal import TrainCore

/// The one writer. Changes that arrive while a transaction is being made durable share the next one.
actor StoreWriter {
  /// Changes in one transaction: what comes back to a caller waits for no more than these.
  static let largestBatch = 1000

  private let executor: any SerialExecutor
  private let boundary: Boundary
  private var transactions: Transactions
  private var waiting: [(change: PreparedChange, caller: Caller)] = []
  private var drainIsDue = false

  private typealias Caller = CheckedContinuation<Result<[EventRecord], Fault>, Never>

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(transactions: Transactions, boundary: Boundary, executor: any SerialExecutor) {
    self.transactions = transactions
    self.boundary = boundary
    self.executor = executor
  }

  var reserveIsSpent: Bool { transactions.reserveIsSpent }

  func spaceFault() -> Fault? { transactions.spaceFault() }

  /// Returns once the change is durable. A cancelled task waits as long: its change may be written already.
  func commit(_ change: PreparedChange) async throws(Fault) -> [EventRecord] {
    try await withCheckedContinuation { (caller: Caller) in
      waiting.append((change, caller))
      drainSoon()
    }.get()
  }

  func create(_ jobs: [PreparedJob]) throws(Fault) -> [JobRecord] {
    try boundary.cross(.storeCreate) { () throws(Fault) in
      try transactions.run("accept \(jobs.count) jobs", spendsReserve: false) { db in
        try jobs.map { try $0.write(db) }
      }
    }
  }

  func prune(_ jobs: [JobID], at time: Timestamp) throws(Fault) {
    try boundary.cross(.storePrune) { () throws(Fault) in
      try transactions.run("prune \(jobs.count) jobs") { db in
        for job in jobs { try TombstoneRow.replace(job, at: time, db) }
      }
    }
  }

  func bury(_ jobs: [JobID]) throws(Fault) {
    try boundary.cross(.storeBury) { () throws(Fault) in
      try transactions.run("remove \(jobs.count) tombstones") { db in
        for job in jobs { try TombstoneRow.remove(job, db) }
      }
    }
  }

  /// What waits is written first; what comes later is refused.
  func close() throws(Fault) {
    while !waiting.isEmpty { drain() }
    try transactions.close()
  }

  /// Behind the callers that are on their way to this actor already: they make the batch.
  private func drainSoon() {
    guard !drainIsDue else { return }
    drainIsDue = true
    Task { drain() }
  }

  private func drain() {
    drainIsDue = false
    let batch = Array(waiting.prefix(Self.largestBatch))
    guard !batch.isEmpty else { return }
    waiting.removeFirst(batch.count)
    let results = write(batch.map(\.change))
    for (index, result) in results.enumerated() { batch[index].caller.resume(returning: result) }
    if !waiting.isEmpty { drainSoon() }
  }

  private func write(_ changes: [PreparedChange]) -> [Result<[EventRecord], Fault>] {
    do throws(Fault) {
      return try boundary.cross(.storeCommit) { () throws(Fault) in
        transactions.runEach("store a change", changes) { change, db in try change.write(db) }
      }
    } catch {
      return changes.map { _ in .failure(error) }
    }
  }
}
