import GRDB
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

@Suite struct StoreErrorsTests {
  private struct Expected {
    var code: ResultCode
    var fault: Fault.Code
    var isPermanent: Bool
    var effect: Fault.Effect
  }

  @Test func `a reader that can't be opened now is opened later`() {
    let error = DatabaseError(resultCode: .SQLITE_CANTOPEN)
    let fault = StoreErrors(path: "/var/lib/x.db", isOpen: true).fault(error, doing: "list jobs")
    #expect(fault.code == .io)
    #expect(!fault.isPermanent)
    #expect(fault.hint?.contains("LimitNOFILE") == true)
  }

  @Test func `every failure of SQLite has its fault`() {
    let table = [
      Expected(code: .SQLITE_FULL, fault: .diskFull, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_IOERR_SHMSIZE, fault: .diskFull, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_IOERR_FSYNC, fault: .outcomeUnknown, isPermanent: true, effect: .unknown),
      Expected(code: .SQLITE_IOERR_DIR_FSYNC, fault: .outcomeUnknown, isPermanent: true, effect: .unknown),
      Expected(code: .SQLITE_IOERR_WRITE, fault: .io, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_IOERR_READ, fault: .io, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_BUSY, fault: .io, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_LOCKED, fault: .io, isPermanent: false, effect: .none),
      Expected(code: .SQLITE_CORRUPT, fault: .corrupted, isPermanent: true, effect: .none),
      Expected(code: .SQLITE_NOTADB, fault: .corrupted, isPermanent: true, effect: .none),
      Expected(code: .SQLITE_CANTOPEN, fault: .io, isPermanent: true, effect: .none),
      Expected(code: .SQLITE_READONLY, fault: .io, isPermanent: true, effect: .none),
      Expected(code: .SQLITE_CONSTRAINT_UNIQUE, fault: .internalError, isPermanent: true, effect: .none),
    ]
    for row in table {
      let fault = StoreErrors(path: "/var/lib/x.db").fault(DatabaseError(resultCode: row.code), doing: "try it")
      #expect(fault.code == row.fault, "\(row.code)")
      #expect(fault.isPermanent == row.isPermanent, "\(row.code)")
      #expect(fault.effect == row.effect, "\(row.code)")
      #expect(fault.message.hasPrefix("could not try it (/var/lib/x.db): "), "\(row.code)")
      #expect(fault.hint != nil || row.fault == .internalError, "\(row.code)")
    }
  }

  @Test func `after a failed fsync nothing more is written`() throws {
    let directory = try TemporaryDirectory()
    let pool = try StoreOpening(path: directory.file("store.db")).open()
    var transactions = Transactions(pool: pool, reserve: Reserve(path: directory.file("reserve"), bytes: 0))
    let failed = #expect(throws: Fault.self) {
      try transactions.run("sync") { _ in throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC) }
    }
    #expect(failed?.code == .outcomeUnknown)
    let next = #expect(throws: Fault.self) { try transactions.run("go on") { _ in } }
    #expect(next == failed)
    #expect(transactions.runEach("go on", [1, 2]) { item, _ in item }.allSatisfy { (try? $0.get()) == nil })
    try transactions.close()
  }

  @Test(arguments: [ResultCode.SQLITE_IOERR_WRITE, .SQLITE_BUSY, .SQLITE_FULL])
  func `after any other failure the transaction is gone and the next one works`(code: ResultCode) throws {
    let directory = try TemporaryDirectory()
    let pool = try StoreOpening(path: directory.file("store.db")).open()
    var transactions = Transactions(pool: pool, reserve: Reserve(path: directory.file("reserve"), bytes: 0))
    let job = try PreparedJob(StoreSamples.new(StoreSamples.record("a")))
    let fault = #expect(throws: Fault.self) {
      try transactions.run("fail") { db in
        _ = try job.write(db)
        throw DatabaseError(resultCode: code)
      }
    }
    #expect(fault?.isPermanent == false)
    #expect(try transactions.run("go on") { db in try job.write(db) }.number == 1)
    try transactions.close()
  }

  @Test func `a constraint that one item breaks fails that item alone`() throws {
    let directory = try TemporaryDirectory()
    let pool = try StoreOpening(path: directory.file("store.db")).open()
    var transactions = Transactions(pool: pool, reserve: Reserve(path: directory.file("reserve"), bytes: 0))
    let results = transactions.runEach("store", ["a", "b", "a", "c"]) { name, db in
      try db.execute(sql: "INSERT INTO meta (key, value) VALUES (?, 'half of the work')", arguments: ["\(name)-first"])
      try db.execute(sql: "INSERT INTO meta (key, value) VALUES (?, 'the other half')", arguments: [name])
    }
    #expect(results.map { (try? $0.get()) != nil } == [true, true, false, true])
    let keys = try pool.read { db in try String.fetchAll(db, sql: "SELECT key FROM meta ORDER BY key") }
    #expect(keys == ["a", "a-first", "b", "b-first", "c", "c-first", "created-by"])
    try transactions.close()
  }
}
