internal import GRDB
internal import TrainCore

/// What a registry answered for one part of the current upload.
enum ReceiptRow {
  static func save(_ receipt: PartReceipt, job: JobID, registry: String, _ db: Database) throws {
    // A part that was sent again has a new token.
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO receipt (job, registry, number, "offset", length, token) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(
      arguments: [job.description, registry, receipt.number, receipt.offset, receipt.length, receipt.token])
  }

  static func void(job: JobID, registry: String, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM receipt WHERE job = ? AND registry = ?")
      .execute(arguments: [job.description, registry])
  }

  static func receipts(of job: JobID, registry: String, _ db: Database) throws -> [PartReceipt] {
    let statement = try db.cachedStatement(
      sql: """
        SELECT number, "offset", length, token FROM receipt WHERE job = ? AND registry = ? ORDER BY number
        """)
    var receipts: [PartReceipt] = []
    let rows = try Row.fetchCursor(statement, arguments: [job.description, registry])
    while let row = try rows.next() {
      let reader = RowReader(row: row, table: "receipt")
      receipts.append(
        PartReceipt(
          number: try reader.value(0), offset: try reader.value(1), length: try reader.value(2),
          token: try reader.value(3)))
    }
    return receipts
  }
}
