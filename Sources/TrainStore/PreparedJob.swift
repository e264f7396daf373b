internal import GRDB
internal import TrainCore

/// A ``NewJob`` as rows.
struct PreparedJob: Sendable {
  private let row: JobRow
  private let accepted: EventRow

  init(_ job: NewJob) throws {
    row = try JobRow(job.record)
    accepted = try EventRow(job.accepted)
  }

  func write(_ db: Database) throws -> JobRecord {
    let id = row.record.id
    let taken = try String.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT 'is there already, as ' || state FROM job WHERE id = ?1
          UNION ALL SELECT 'was there before and has been pruned, as ' || state FROM tombstone WHERE id = ?1
          """), arguments: [id.description])
    if let taken {
      throw Fault.permanent(
        .alreadyExists, "could not accept \(id): it \(taken)", hint: "give the model another version")
    }
    var record = row.record
    record.number = try row.insert(db)
    _ = try accepted.insert(of: id, db)
    return record
  }
}
