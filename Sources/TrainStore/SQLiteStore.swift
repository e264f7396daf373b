internal import GRDB
public import TrainCore

/// Jobs in one SQLite file: write-ahead log, an fsync for each commit, one writer with group commit, readers beside it.
///
/// A file that can't be used is never replaced, repaired or emptied: opening it throws and leaves it as it is.
public final class SQLiteStore: JobStore {
  /// The file's name inside the state directory.
  public static let fileName = "store.db"
  /// The reserve's name beside it.
  public static let reserveName = "reserve"

  /// Where the database is.
  public let path: String
  private let writer: StoreWriter
  /// Reads of a row or a page.
  private let points: StoreReader
  /// Reads that may take long, which a short one must not wait behind.
  private let lists: StoreReader
  private let errors: StoreErrors
  private let boundary: Boundary

  /// Opens the store, or makes a new one where there is none. Blocks: meant for the start of a program.
  ///
  /// Faults: `.corrupted` (cut off, damaged, no store), `.unsupported` (written by a newer release), `.io`
  /// (permissions, a missing directory), `.diskFull`. One process at a time: the caller holds the state directory's
  /// lock.
  /// - Parameters:
  ///   - boundary: crossed at each of the `.store...` points.
  ///   - executor: what all of the store runs on; `nil` = queues of its own, so that no fsync holds a thread that
  ///     tasks need.
  ///   - reserve: bytes set aside beside the database for when the disk is full; 0 = none.
  public static func open(
    at path: String, boundary: Boundary = Boundary(), executor: (any SerialExecutor)? = nil, reserve: Int64 = 4 << 20
  ) throws(Fault) -> SQLiteStore {
    try open(at: path, boundary: boundary, executor: executor, reserve: reserve, statements: nil)
  }

  /// - Parameter statements: told of every statement of the writer.
  static func open(
    at path: String, boundary: Boundary = Boundary(), executor: (any SerialExecutor)? = nil, reserve: Int64 = 4 << 20,
    statements: (@Sendable (String) -> Void)?
  ) throws(Fault) -> SQLiteStore {
    let opening = StoreOpening(path: path, boundary: boundary, statements: statements)
    var space = Reserve(
      path: "\(FileFacts.directory(of: path))/\(reserveName)", bytes: reserve, boundary: boundary)
    let pool: DatabasePool
    do throws(Fault) {
      pool = try opening.open()
    } catch {
      guard error.code == .diskFull, space.give() else { throw error }
      pool = try opening.open()
    }
    space.take()
    return SQLiteStore(pool: pool, reserve: space, boundary: boundary, executor: executor)
  }

  private init(pool: DatabasePool, reserve: Reserve, boundary: Boundary, executor: (any SerialExecutor)?) {
    path = pool.path
    errors = StoreErrors(path: pool.path)
    self.boundary = boundary
    writer = StoreWriter(
      transactions: Transactions(pool: pool, reserve: reserve, boundary: boundary), boundary: boundary,
      executor: executor ?? QueueExecutor(label: "traind.store.writer"))
    points = StoreReader(pool: pool, executor: executor ?? QueueExecutor(label: "traind.store.points"))
    lists = StoreReader(pool: pool, executor: executor ?? QueueExecutor(label: "traind.store.lists"))
  }

  /// On a full disk this throws `.diskFull` before the reserve is touched: that is for what is running.
  public func create(_ jobs: [NewJob]) async throws(Fault) -> [JobRecord] {
    guard !jobs.isEmpty else { return [] }
    return try await writer.create(try prepare("accept jobs") { try jobs.map(PreparedJob.init) })
  }

  public func commit(_ change: JobChange) async throws(Fault) -> [EventRecord] {
    try await writer.commit(try prepare("store a change of \(change.record.id)") { try PreparedChange(change) })
  }

  /// Fault `.rejected` when one is not terminal. What is not there was pruned before.
  public func prune(_ jobs: [JobID], at time: Timestamp) async throws(Fault) {
    guard !jobs.isEmpty else { return }
    try await writer.prune(jobs, at: time)
  }

  public func bury(_ jobs: [JobID]) async throws(Fault) {
    guard !jobs.isEmpty else { return }
    try await writer.bury(jobs)
  }

  public func job(_ id: JobID) async throws(Fault) -> JobRecord? {
    try await points.read("read \(id)") { db in
      let statement = try db.cachedStatement(sql: "SELECT \(JobRow.columns) FROM job WHERE id = ?")
      return try Row.fetchOne(statement, arguments: [id.description]).map { try JobRow.record($0, db) }
    }
  }

  public func jobs(_ query: JobQuery) async throws(Fault) -> [JobRecord] {
    try await lists.read("list jobs") { db in try query.fetch(db) }
  }

  public func tombstones() async throws(Fault) -> [Tombstone] {
    try await lists.read("list pruned jobs") { db in try TombstoneRow.tombstones(db) }
  }

  public func events(after sequence: Int64, job: JobID?, limit: Int) async throws(Fault) -> [EventRecord] {
    try await points.read("read events") { db in
      try EventRow.events(after: sequence, job: job, limit: limit, db)
    }
  }

  public func lastSequence() async throws(Fault) -> Int64 {
    try await points.read("read the last event") { db in try EventRow.last(db) }
  }

  public func receipts(of job: JobID, registry: String) async throws(Fault) -> [PartReceipt] {
    try await points.read("read receipts of \(job)") { db in
      try ReceiptRow.receipts(of: job, registry: registry, db)
    }
  }

  /// Copies the store, as it is at one moment, into one file of mode 0600; what was at `path` is replaced only by the
  /// whole copy. Fault `.io` (transient) when it can't be written there, `.rejected` when `path` is the store itself.
  public func backup(to path: String) async throws(Fault) { try await lists.backup(to: path, boundary) }

  /// The disk was full, and the space set aside for that is in use (or could not be taken yet). It is taken again by
  /// the first commit that finds room.
  public func reserveIsSpent() async -> Bool { await writer.reserveIsSpent }

  /// Whether so little space is left that nothing new should be begun; `nil` = there is enough. Takes the reserve again
  /// where there is room.
  public func spaceFault() async -> Fault? { await writer.spaceFault() }

  /// Writes what waits, moves the log into the database and closes it. Every later call throws `.interrupted`.
  public func close() async throws(Fault) { try await writer.close() }

  private func prepare<Value>(_ doing: String, _ work: () throws -> Value) throws(Fault) -> Value {
    do { return try work() } catch { throw errors.fault(error, doing: doing) }
  }
}
