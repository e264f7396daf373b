internal import GRDB
internal import TrainCore

/// A job as its row and the rows of its publications; made where the caller runs, so that the writer only writes.
struct JobRow: Sendable {
  /// What is in `job.record`.
  struct Stored: Codable {
    var origin: JobRecord.Origin
    var spec: JobSpec
  }

  let record: JobRecord
  private let stored: String
  private let machine: String
  let publications: [PublicationRow]

  init(_ record: JobRecord) throws {
    self.record = record
    stored = try StoredJSON.text(of: Stored(origin: record.origin, spec: record.spec))
    machine = try StoredJSON.text(of: record.machine.withPublications([]))
    publications = try record.machine.publications.enumerated().map { index, publication in
      try PublicationRow(publication, at: index, of: record.id)
    }
  }

  private var owes: Bool { !record.machine.isAtRest }

  /// Returns the number that the job got.
  func insert(_ db: Database) throws -> Int64 {
    try db.cachedStatement(
      sql: """
        INSERT INTO job (id, spec, version, provider, state, identity, created, changed, finished, owes, record, machine)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        record.id.description, record.spec.name, record.version, record.spec.provider,
        record.machine.state.word.rawValue, record.identity, record.created.milliseconds, record.changed.milliseconds,
        record.finished?.milliseconds, owes, stored, machine,
      ])
    let number = db.lastInsertedRowID
    for publication in publications { try publication.save(db) }
    return number
  }

  /// Everything but what a job is known by: id, number and spec name. Returns whether the job is there.
  func update(_ db: Database) throws -> Bool {
    try db.cachedStatement(
      sql: """
        UPDATE job SET version = ?, provider = ?, state = ?, identity = ?, created = ?, changed = ?, finished = ?,
          owes = ?, record = ?, machine = ? WHERE id = ?
        """
    ).execute(
      arguments: [
        record.version, record.spec.provider, record.machine.state.word.rawValue, record.identity,
        record.created.milliseconds, record.changed.milliseconds, record.finished?.milliseconds, owes, stored, machine,
        record.id.description,
      ])
    guard db.changesCount == 1 else { return false }
    let registries = try StoredJSON.text(of: publications.map(\.registry))
    for table in ["publication", "receipt"] {
      try db.cachedStatement(
        sql: "DELETE FROM \(table) WHERE job = ? AND registry NOT IN (SELECT value FROM json_each(?))"
      ).execute(arguments: [record.id.description, registries])
    }
    for publication in publications { try publication.save(db) }
    return true
  }

  static let columns = "number, id, version, identity, created, changed, finished, record, machine"

  /// - Parameter row: ``columns``.
  static func record(_ row: Row, _ db: Database) throws -> JobRecord {
    let reader = RowReader(row: row, table: "job")
    let id = JobID(try reader.value(1, String.self))
    let stored = try reader.json(7, Stored.self)
    let machine = try reader.json(8, JobMachine.self)
    var record = JobRecord(
      id: id, number: try reader.value(0), spec: stored.spec, version: try reader.value(2),
      identity: try reader.value(3), origin: stored.origin,
      machine: machine.withPublications(try PublicationRow.machines(of: id, db)), created: try reader.time(4))
    record.changed = try reader.time(5)
    record.finished = try reader.optionalTime(6)
    return record
  }
}
