internal import GRDB
internal import TrainCore

/// Write transactions, with what has to happen when one fails.
struct Transactions: Sendable {
  /// The log is checkpointed every 1000 pages by itself; only a reader that stays can make it grow beyond this.
  static let largestLog: Int64 = 64 << 20

  private let pool: DatabasePool
  private let errors: StoreErrors
  private var reserve: Reserve
  /// After a failed fsync nobody knows what is on the disk: nothing more may be decided on what is in memory.
  private var outcomeUnknown: Fault?
  private var count = 0

  init(pool: DatabasePool, reserve: Reserve) {
    self.pool = pool
    self.reserve = reserve
    errors = StoreErrors(path: pool.path)
  }

  var reserveIsSpent: Bool { !reserve.isHeld }

  /// One transaction: durable when this returns, gone when it throws. On a full disk the reserve is given back and the
  /// work done once more.
  mutating func run<Value>(_ doing: String, _ work: (Database) throws -> Value) throws(Fault) -> Value {
    if let outcomeUnknown { throw outcomeUnknown }
    let value: Value
    do throws(Fault) {
      value = try attempt(doing, work)
    } catch {
      guard error.code == .diskFull, reserve.give() else { throw error }
      value = try attempt(doing, work)
      return value
    }
    reserve.take()
    count += 1
    if count.isMultiple(of: 64) { shortenLog() }
    return value
  }

  /// One transaction for all. What is wrong with one item alone fails that item alone.
  mutating func runEach<Item, Value>(
    _ doing: String, _ items: [Item], _ work: (Item, Database) throws -> Value
  ) throws(Fault) -> [Result<Value, Fault>] {
    let errors = errors
    return try run(doing) { db in
      try items.map { item in
        var result: Result<Value, Fault> = .failure(.permanent(.internalError, "could not \(doing)"))
        do {
          try db.inSavepoint {
            result = .success(try work(item, db))
            return .commit
          }
        } catch {
          guard Self.concernsOneItem(error) else { throw error }
          result = .failure(errors.fault(error, doing: doing))
        }
        return result
      }
    }
  }

  mutating func close() throws(Fault) {
    do { try pool.close() } catch { throw errors.fault(error, doing: "close the store") }
  }

  private mutating func attempt<Value>(
    _ doing: String, _ work: (Database) throws -> Value
  ) throws(Fault) -> Value {
    do {
      return try pool.writeWithoutTransaction { db in
        var value: Value?
        try db.inTransaction(.immediate) {
          value = try work(db)
          return .commit
        }
        guard let value else { throw Fault.permanent(.internalError, "could not \(doing): nothing was done") }
        return value
      }
    } catch {
      let fault = errors.fault(error, doing: doing)
      if fault.code == .outcomeUnknown { outcomeUnknown = fault }
      throw fault
    }
  }

  /// The item is at fault, not the disk or the file. SQLite itself may have ended the transaction after any other error.
  private static func concernsOneItem(_ error: any Error) -> Bool {
    switch error {
    case let error as DatabaseError:
      [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE].contains(error.resultCode)
    case is Fault: true
    default: false
    }
  }

  private func shortenLog() {
    guard let bytes = FileFacts(path: pool.path + "-wal")?.bytes, bytes > Self.largestLog else { return }
    // A reader in the way leaves it as it is until the next time; a failed fsync here loses nothing, since the log keeps
    // its pages until they were written again and confirmed.
    _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
  }
}
