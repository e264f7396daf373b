internal import GRDB
internal import TrainCore

/// A ``JobChange`` as rows.
struct PreparedChange: Sendable {
  private let row: JobRow
  private let events: [EventRow]
  private let receipts: [(registry: String, parts: [PartReceipt])]
  private let voided: [String]

  init(_ change: JobChange) throws {
    row = try JobRow(change.record)
    events = try change.transitions.map(EventRow.init)
    let registries = Set(row.publications.map(\.registry))
    // A receipt of a registry that the job no longer publishes to has nowhere to go.
    receipts = change.receipts.filter { registries.contains($0.key) }.sorted { $0.key < $1.key }
      .map { (registry: $0.key, parts: $0.value) }
    voided = change.voided.sorted()
  }

  /// Part of a transaction, whole or, when it throws, to be rolled back to its savepoint.
  func write(_ db: Database) throws -> [EventRecord] {
    let job = row.record.id
    guard try row.update(db) else {
      throw Fault.permanent(.notFound, "could not store a change of \(job): there is no such job in the store")
    }
    for registry in voided { try ReceiptRow.void(job: job, registry: registry, db) }
    for (registry, parts) in receipts {
      for part in parts { try ReceiptRow.save(part, job: job, registry: registry, db) }
    }
    return try events.map { try $0.insert(of: job, db) }
  }
}
