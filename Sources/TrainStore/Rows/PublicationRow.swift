internal import GRDB
internal import TrainCore

/// One publication of a job. The columns beside `machine` are for people and queries; only `machine` is read back.
struct PublicationRow: Sendable {
  let registry: String
  private let job: JobID
  private let position: Int
  private let state: String
  private let bytesSent: Int64
  private let version: RemoteVersion?
  private let machine: String

  init(_ publication: PublicationMachine, at position: Int, of job: JobID) throws {
    self.job = job
    self.position = position
    registry = publication.registry
    state = publication.state.word
    bytesSent = publication.bytesSent
    version = publication.state.version
    machine = try StoredJSON.text(of: publication)
  }

  /// Writes nothing when nothing changed.
  func save(_ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO publication (job, registry, position, state, bytes_sent, remote_id, url, machine)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job, registry) DO UPDATE SET position = excluded.position, state = excluded.state,
          bytes_sent = excluded.bytes_sent, remote_id = excluded.remote_id, url = excluded.url, machine = excluded.machine
        WHERE machine IS NOT excluded.machine OR position IS NOT excluded.position
        """
    ).execute(
      arguments: [job.description, registry, position, state, bytesSent, version?.id, version?.url, machine])
  }

  static func machines(of job: JobID, _ db: Database) throws -> [PublicationMachine] {
    let statement = try db.cachedStatement(
      sql: "SELECT registry, machine FROM publication WHERE job = ? ORDER BY position")
    var machines: [PublicationMachine] = []
    let rows = try Row.fetchCursor(statement, arguments: [job.description])
    while let row = try rows.next() { machines.append(try RowReader(row: row, table: "publication").json(1)) }
    return machines
  }
}
