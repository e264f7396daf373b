import Foundation
import GRDB
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

@Suite struct FullDiskTests {
  private func create(_ store: SQLiteStore, _ names: some Sequence<String>) async throws -> [JobRecord] {
    try await store.create(names.map { StoreSamples.new(StoreSamples.record($0)) })
  }

  @Test func `a transaction that does not fit leaves nothing and the store goes on`() async throws {
    let directory = try TemporaryDirectory()
    let pool = try StoreOpening(path: directory.file("store.db")).open()
    // As full as SQLite itself can make it, without a file system of one's own.
    try await pool.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages)")
    }
    var transactions = Transactions(pool: pool, reserve: Reserve(path: directory.file("reserve"), bytes: 0))
    let jobs = try (0..<50).map { try PreparedJob(StoreSamples.new(StoreSamples.record("job\($0)"))) }
    let fault = #expect(throws: Fault.self) {
      try transactions.run("fill") { db in try jobs.map { try $0.write(db) } }
    }
    #expect(fault?.code == .diskFull)
    #expect(fault?.isPermanent == false)
    #expect(fault?.effect == Fault.Effect.none)
    #expect(fault?.hint?.contains("free space") == true)
    try await pool.writeWithoutTransaction { db in _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = 100000") }
    let made = try transactions.run("fill") { db in try jobs.map { try $0.write(db) } }
    #expect(made.map(\.number) == (1...50).map { $0 })
    try transactions.close()
  }

  @Test func `on a full disk the reserve keeps what is running writable`() async throws {
    guard let disk = try? TemporaryMount(megabytes: 16) else {
      return print("skipped: may not mount a file system here")
    }
    let store = try SQLiteStore.open(at: disk.file("store.db"), reserve: 2 << 20)
    #expect(await store.reserveIsSpent() == false)
    var records = try await create(store, (0..<20).map { "job\($0)" })
    disk.fill("ballast")
    // Far more than the log has room for: without the reserve this ends in `.diskFull`.
    for second in 1...40 {
      for index in records.indices {
        let change = try StoreSamples.change(records[index], to: .running(StoreSamples.run), at: Int64(second))
        _ = try await store.commit(change)
        records[index] = change.record
      }
    }
    #expect(await store.reserveIsSpent())
    #expect(FileFacts(path: disk.file("reserve")) == nil)

    unlink(disk.file("ballast"))
    _ = try await store.commit(StoreSamples.change(records[0], to: .done(nil), at: 99))
    #expect(await store.reserveIsSpent() == false)
    #expect(FileFacts(path: disk.file("reserve"))?.bytes == 2 << 20)
    try await store.close()
  }

  @Test func `a new job is refused on a full disk, and the reserve is left to what is running`() async throws {
    guard let disk = try? TemporaryMount(megabytes: 16) else {
      return print("skipped: may not mount a file system here")
    }
    let store = try SQLiteStore.open(at: disk.file("store.db"), reserve: 2 << 20)
    let record = try await create(store, ["running"])[0]
    #expect(await store.spaceFault() == nil)
    disk.fill("ballast")
    let fault = await #expect(throws: Fault.self) { try await create(store, (0..<2000).map { "job\($0)" }) }
    #expect(fault?.code == .diskFull)
    #expect(await store.reserveIsSpent() == false)
    #expect(await store.spaceFault()?.code == .diskFull)
    _ = try await store.commit(StoreSamples.change(record, to: .running(StoreSamples.run), at: 5))

    unlink(disk.file("ballast"))
    #expect(await store.spaceFault() == nil)
    #expect(try await create(store, ["later"]).count == 1)
    try await store.close()
  }

  @Test func `a batch that is too much for a full disk is stored as far as there is room`() async throws {
    guard let disk = try? TemporaryMount(megabytes: 16) else {
      return print("skipped: may not mount a file system here")
    }
    let made = try SQLiteStore.open(at: disk.file("store.db"), reserve: 256 << 10)
    let records = try await create(made, (0..<600).map { "job\($0)" })
    try await made.close()
    let executor = HeldExecutor()
    let store = try SQLiteStore.open(at: disk.file("store.db"), executor: executor, reserve: 256 << 10)
    disk.fill("ballast")
    let stored = try await withThrowingTaskGroup(of: Bool.self) { group in
      for record in records {
        let change = try StoreSamples.change(record, to: .running(StoreSamples.run), at: 3)
        group.addTask {
          do throws(Fault) {
            _ = try await store.commit(change)
            return true
          } catch {
            #expect(error.code == .diskFull)
            return false
          }
        }
      }
      await executor.holds(records.count)
      executor.letGo()
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(stored > 0)
    #expect(stored < records.count)
    #expect(try await store.jobs(JobQuery(states: [.running])).count == stored)
    try await store.close()
  }

  @Test func `when the reserve is used up too, nothing is half written`() async throws {
    guard let disk = try? TemporaryMount(megabytes: 8) else {
      return print("skipped: may not mount a file system here")
    }
    let store = try SQLiteStore.open(at: disk.file("store.db"), reserve: 1 << 20)
    let before = try await create(store, ["a"])
    disk.fill("ballast")
    let many = (0..<4000).map { "job\($0)" }
    let fault = await #expect(throws: Fault.self) { try await create(store, many) }
    #expect(fault?.code == .diskFull)
    #expect(try await store.jobs(JobQuery()) == before)
    unlink(disk.file("ballast"))
    #expect(try await create(store, ["b"])[0].number == 2)
    try await store.close()
    let again = try SQLiteStore.open(at: disk.file("store.db"), reserve: 1 << 20)
    #expect(try await again.jobs(JobQuery()).count == 2)
    try await again.close()
  }

  @Test func `a store opens on a full disk by means of its reserve`() async throws {
    guard let disk = try? TemporaryMount(megabytes: 8) else {
      return print("skipped: may not mount a file system here")
    }
    let made = try SQLiteStore.open(at: disk.file("store.db"), reserve: 1 << 20)
    let record = try await create(made, ["a"])[0]
    try await made.close()
    disk.fill("ballast")
    let store = try SQLiteStore.open(at: disk.file("store.db"), reserve: 1 << 20)
    _ = try await store.commit(StoreSamples.change(record, to: .done(nil), at: 5))
    #expect(try await store.job(record.id)?.machine.state == .done(nil))
    #expect(await store.reserveIsSpent())
    try await store.close()
  }

  @Test func `a new store on a full disk is refused and leaves nothing behind`() throws {
    guard let disk = try? TemporaryMount(megabytes: 1) else {
      return print("skipped: may not mount a file system here")
    }
    disk.fill("ballast")
    let fault = #expect(throws: Fault.self) { try SQLiteStore.open(at: disk.file("store.db")) }
    #expect(fault?.code == .diskFull)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.file("")) == ["ballast"])
  }
}
