internal import GRDB
internal import TrainCore

/// A transition on its way into the event table.
struct EventRow: Sendable {
  let transition: Transition
  private let detail: String

  init(_ transition: Transition) throws {
    self.transition = transition
    detail = try StoredJSON.text(of: transition.detail)
  }

  func insert(of job: JobID, _ db: Database) throws -> EventRecord {
    try db.cachedStatement(
      sql: """
        INSERT INTO event (job, time, from_state, to_state, reason, attempt, actor_uid, actor_user, message, detail)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [
        job.description, transition.time.milliseconds, transition.from.rawValue, transition.to.rawValue,
        transition.reason?.rawValue, transition.attempt, transition.actor?.uid, transition.actor?.user,
        transition.message, detail,
      ])
    return EventRecord(sequence: db.lastInsertedRowID, job: job, transition: transition)
  }

  static func events(after sequence: Int64, job: JobID?, limit: Int, _ db: Database) throws -> [EventRecord] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT sequence, job, time, from_state, to_state, reason, attempt, actor_uid, actor_user, message, detail
        FROM event WHERE sequence > ? \(job == nil ? "" : "AND job = ?") ORDER BY sequence LIMIT ?
        """)
    var arguments: StatementArguments = [sequence]
    if let job { arguments += [job.description] }
    arguments += [max(0, limit)]
    var events: [EventRecord] = []
    let rows = try Row.fetchCursor(statement, arguments: arguments)
    while let row = try rows.next() { events.append(try event(RowReader(row: row, table: "event"))) }
    return events
  }

  private static func event(_ reader: RowReader) throws -> EventRecord {
    var actor: Operator?
    if let uid = try reader.optional(7, UInt32.self) { actor = Operator(uid: uid, user: try reader.value(8)) }
    let transition = Transition(
      time: try reader.time(2), from: try reader.word(3), to: try reader.word(4), reason: try reader.optionalWord(5),
      message: try reader.optional(9), attempt: try reader.value(6), actor: actor, detail: try reader.json(10))
    return EventRecord(
      sequence: try reader.value(0), job: JobID(try reader.value(1, String.self)), transition: transition)
  }

  /// The highest number ever given: it does not go back when events are pruned.
  static func last(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'")) ?? 0
  }
}
