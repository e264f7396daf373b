internal import GRDB
internal import TrainCore

/// Write transactions, with what has to happen when one fails.
struct Transactions: Sendable {
  /// The log is checkpointed every 1000 pages by itself; only a reader that stays can make it grow beyond this.
  static let largestLog: Int64 = 64 << 20

  private let pool: DatabasePool
  private let errors: StoreErrors
  private var reserve: Reserve
  private let boundary: Boundary
  /// After a failed fsync nobody knows what is on the disk: nothing more may be decided on what is in memory.
  private var outcomeUnknown: Fault?
  private var count = 0
  private var logIsTight = false
  private var spaceIsShort = false

  init(pool: DatabasePool, reserve: Reserve, boundary: Boundary = Boundary()) {
    self.boundary = boundary
    self.pool = pool
    self.reserve = reserve
    errors = StoreErrors(path: pool.path)
  }

  var reserveIsSpent: Bool { !reserve.isHeld }

  /// Takes the reserve again where there is room. The fault says that so little space is left that nothing new should
  /// be begun: what there is belongs to what is running.
  mutating func spaceFault() -> Fault? {
    let directory = FileFacts.directory(of: pool.path)
    reserve.take()
    guard reserve.bytes > 0, let free = FileFacts.free(directory) else { return nil }
    // More is wanted to begin again than to go on: else it would begin and stop with every transaction.
    spaceIsShort = !reserve.isHeld || free < (spaceIsShort ? reserve.bytes : reserve.bytes / 2)
    guard spaceIsShort else { return nil }
    return .transient(
      .diskFull, "\(directory) has \(free >> 10) KiB of space left", hint: "free some space; traind then continues",
      effect: .none)
  }

  /// One transaction: durable when this returns, gone when it throws. On a full disk room is made, and the work done
  /// once more.
  /// - Parameter spendsReserve: what is new is refused instead: the reserve is for what is running.
  mutating func run<Value>(
    _ doing: String, spendsReserve: Bool = true, _ work: (Database) throws -> Value
  ) throws(Fault) -> Value {
    if let outcomeUnknown { throw outcomeUnknown }
    let value: Value
    do throws(Fault) {
      value = try attempt(doing, work)
      reserve.take()
    } catch {
      guard error.code == .diskFull, makeRoom(spendsReserve: spendsReserve) else { throw error }
      value = try attempt(doing, work)
    }
    tendLog()
    return value
  }

  /// One transaction for all. What is wrong with one item alone fails that item alone. A batch that is too much for a
  /// full disk is done in halves: one that fits is better than none.
  mutating func runEach<Item, Value>(
    _ doing: String, _ items: some RandomAccessCollection<Item>, _ work: (Item, Database) throws -> Value
  ) -> [Result<Value, Fault>] {
    let errors = errors
    do throws(Fault) {
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
    } catch {
      guard error.code == .diskFull, items.count > 1 else { return items.map { _ in .failure(error) } }
      let half = items.count / 2
      let first = runEach(doing, items.prefix(half), work)
      // Not even a part of these fitted: neither will the others.
      if case .failure(let fault) = first.last, fault.code == .diskFull {
        return first + items.dropFirst(half).map { _ in .failure(fault) }
      }
      return first + runEach(doing, items.dropFirst(half), work)
    }
  }

  mutating func close() throws(Fault) {
    do {
      try boundary.cross(.storeClose) { () throws in
        // The pool closes its writer before its readers: none of them is the last one that would do this by itself. A
        // database whose log was left behind must not be copied, or replaced by a backup, alone. Where it fails the log
        // stays.
        _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        try pool.close()
      }
    } catch {
      throw errors.fault(error, doing: "close the store")
    }
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

  /// The item is at fault, not the disk or the file. SQLite itself may have ended the transaction after any other
  /// error.
  private static func concernsOneItem(_ error: any Error) -> Bool {
    switch error {
    case let error as DatabaseError:
      [.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG, .SQLITE_RANGE].contains(error.resultCode)
    case is Fault: true
    default: false
    }
  }

  /// Gives the reserve back, then moves the log's pages into the database, which may have to grow for them. The log
  /// begins again in the blocks that it has, which nobody else can take meanwhile: from then on changes need hardly any
  /// space.
  private mutating func makeRoom(spendsReserve: Bool) -> Bool {
    let isGiven = spendsReserve && reserve.give()
    let isMoved = boundary.cross(.storeCheckpoint) {
      (try? pool.writeWithoutTransaction { db in try db.checkpoint(.restart) }) != nil
    }
    return isGiven || isMoved
  }

  private mutating func tendLog() {
    let isTight = reserve.bytes > 0 && !reserve.isHeld
    if isTight != logIsTight {
      // The log's usual length is that of the whole reserve; what is left has to last.
      let pages = isTight ? 50 : 1000
      let isSet = try? pool.writeWithoutTransaction { db in
        try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = \(pages)")
      }
      if isSet != nil { logIsTight = isTight }
    }
    count += 1
    if count.isMultiple(of: 64) { shortenLog() }
  }

  private func shortenLog() {
    guard let bytes = FileFacts(path: pool.path + "-wal")?.bytes, bytes > Self.largestLog else { return }
    // A reader in the way leaves it as it is until the next time; a failed fsync here loses nothing, since the log
    // keeps its pages until they were written again and confirmed.
    boundary.cross(.storeCheckpoint) {
      _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
    }
  }
}
