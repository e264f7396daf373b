internal import GRDB
internal import TrainCore

extension JobQuery {
  func fetch(_ db: Database) throws -> [JobRecord] {
    var conditions: [String] = []
    var arguments = StatementArguments()
    func require(words: [JobState.Word]) {
      conditions.append("state IN (\(words.map { _ in "?" }.joined(separator: ", ")))")
      arguments += StatementArguments(words.map(\.rawValue))
    }
    if let states { require(words: states.sorted { $0.rawValue < $1.rawValue }) }
    if let spec {
      conditions.append("spec = ?")
      arguments += [spec]
    }
    if let liveOrChangedSince {
      require(words: JobState.Word.allCases.filter { !$0.isTerminal })
      conditions.append("(\(conditions.removeLast()) OR changed >= ?)")
      arguments += [liveOrChangedSince.milliseconds]
    }
    if let changedBefore {
      conditions.append("changed < ?")
      arguments += [changedBefore.milliseconds]
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
