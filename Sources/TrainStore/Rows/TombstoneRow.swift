internal import GRDB
internal import TrainCore

/// What is left of a pruned job.
enum TombstoneRow {
  /// Turns a terminal job into its tombstone. A job that is not there was pruned before: nothing is to be done.
  static func replace(_ job: JobID, at time: Timestamp, _ db: Database) throws {
    let select = try db.cachedStatement(sql: "SELECT state FROM job WHERE id = ?")
    guard let state = try String.fetchOne(select, arguments: [job.description]) else { return }
    guard JobState.Word(rawValue: state)?.isTerminal == true else {
      throw Fault.permanent(
        .rejected, "could not prune \(job): it is \(state)", hint: "only what is done, failed or cancelled can go")
    }
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO tombstone (id, spec, version, identity, state, pruned)
        SELECT id, spec, version, identity, state, ? FROM job WHERE id = ?
        """
    ).execute(arguments: [time.milliseconds, job.description])
    try db.cachedStatement(sql: "DELETE FROM job WHERE id = ?").execute(arguments: [job.description])
  }

  static func remove(_ job: JobID, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM tombstone WHERE id = ?").execute(arguments: [job.description])
  }

  static func tombstones(_ db: Database) throws -> [Tombstone] {
    var tombstones: [Tombstone] = []
    let rows = try Row.fetchCursor(
      db.cachedStatement(sql: "SELECT id, spec, version, identity, state, pruned FROM tombstone ORDER BY id"))
    while let row = try rows.next() {
      let reader = RowReader(row: row, table: "tombstone")
      tombstones.append(
        Tombstone(
          id: JobID(try reader.value(0, String.self)), spec: try reader.value(1), version: try reader.value(2),
          identity: try reader.value(3), state: try reader.word(4), pruned: try reader.time(5)))
    }
    return tombstones
  }
}
