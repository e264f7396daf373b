internal import GRDB
internal import TrainCore

extension JobQuery {
  func fetch(_ db: Database) throws -> [JobRecord] {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func among(_ words: [JobState.Word]) -> String {
      arguments += StatementArguments(words.map(\.rawValue))
      return "state IN (\(words.map { _ in "?" }.joined(separator: ", ")))"
    }
    if let states { conditions.append(among(states.sorted { $0.rawValue < $1.rawValue })) }
    if let spec {
      conditions.append("spec = ?")
      arguments += [spec]
    }
    if let liveOrChangedSince {
      // Of two indexes; an OR would read every job of the history.
      let live = among(JobState.Word.allCases.filter { !$0.isTerminal })
      conditions.append(
        """
        number IN (SELECT number FROM job WHERE \(live) UNION ALL SELECT number FROM job WHERE changed >= ?)
        """)
      arguments += [liveOrChangedSince.milliseconds]
    }
    if let changedBefore {
      conditions.append("changed < ?")
      arguments += [changedBefore.milliseconds]
    }
    if let after {
      conditions.append("number > ?")
      arguments += [after]
    }
    // Written out, not bound: the partial index is chosen by the text.
    if owing { conditions.append("owes = 1") }
    var sql = "SELECT \(JobRow.columns) FROM job"
    if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
    sql += " ORDER BY number \(order == .newestFirst ? "DESC" : "ASC")"
    if let limit {
      sql += " LIMIT ?"
      arguments += [max(0, limit)]
    }
    var records: [JobRecord] = []
    let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
    while let row = try rows.next() { records.append(try JobRow.record(row, db)) }
    return records
  }
}
