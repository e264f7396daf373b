import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

@Suite struct WritingTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.file("store.db") }

  init() throws { directory = try TemporaryDirectory() }

  private final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])
    func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }
    subscript(name: String) -> Int { counts.withLock { $0[name] ?? 0 } }
  }

  @Test func `what was committed is there after the store was opened again`() async throws {
    let store = try SQLiteStore.open(at: path)
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    let change = try StoreSamples.change(record, to: .running(StoreSamples.run), at: 9)
    let events = try await store.commit(change)
    try await store.close()
    let again = try SQLiteStore.open(at: path)
    #expect(try await again.job(record.id) == change.record)
    #expect(try await again.events(after: 1, job: nil, limit: 9) == events)
    #expect(try await again.create([StoreSamples.new(StoreSamples.record("b"))])[0].number == 2)
    try await again.close()
  }

  @Test func `callers who wait together share a transaction, a thousand at most`() async throws {
    let tally = Tally()
    let made = try SQLiteStore.open(at: path, reserve: 0)
    let records = try await made.create((0..<1500).map { StoreSamples.new(StoreSamples.record("job\($0)")) })
    try await made.close()
    let executor = HeldExecutor()
    let boundary = Boundary { point, side in tally.add("\(point.rawValue) \(side.rawValue)") }
    let store = try SQLiteStore.open(at: path, boundary: boundary, executor: executor, reserve: 0) { statement in
      if statement.hasPrefix("BEGIN IMMEDIATE") { tally.add("begin") }
      if statement.hasPrefix("COMMIT") { tally.add("commit") }
    }
    let (begun, committed) = (tally["begin"], tally["commit"])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for record in records {
        let change = try StoreSamples.change(record, to: .running(StoreSamples.run), at: 3)
        group.addTask { _ = try await store.commit(change) }
      }
      await executor.holds(records.count)
      executor.letGo()
      try await group.waitForAll()
    }
    #expect(tally["begin"] - begun == 2)
    #expect(tally["commit"] - committed == 2)
    #expect(tally["store.commit before"] == 2)
    #expect(tally["store.commit after"] == 2)
  }

  @Test func `a caller is answered only after the transaction has been made durable`() async throws {
    let order = Mutex<[String]>([])
    let store = try SQLiteStore.open(at: path, reserve: 0) { statement in
      if statement.hasPrefix("COMMIT") { order.withLock { $0.append("commit") } }
    }
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    order.withLock { $0.removeAll() }
    _ = try await store.commit(StoreSamples.change(record, to: .running(StoreSamples.run), at: 3))
    order.withLock { $0.append("answered") }
    #expect(order.withLock { $0 } == ["commit", "answered"])
    try await store.close()
  }

  @Test func `reads do not wait for the writer`() async throws {
    let store = try SQLiteStore.open(at: path, reserve: 0)
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    let other = try StoreOpening(path: path).open()
    let isRead = DispatchSemaphore(value: 0)
    await withCheckedContinuation { begun in
      other.asyncWriteWithoutTransaction { db in
        #expect(throws: Never.self) {
          try db.execute(sql: "BEGIN IMMEDIATE; DELETE FROM event")
          begun.resume()
          isRead.wait()
          try db.execute(sql: "ROLLBACK")
        }
      }
    }
    #expect(try await store.job(record.id) == record)
    #expect(try await store.jobs(JobQuery()) == [record])
    #expect(try await store.events(after: 0, job: nil, limit: 5).count == 1)
    isRead.signal()
    try other.close()
    try await store.close()
  }

  @Test func `a publication that did not change is not written again`() async throws {
    let store = try SQLiteStore.open(at: path, reserve: 0)
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    let pool = try StoreOpening(path: path).open()
    try await pool.writeWithoutTransaction { db in
      try db.execute(
        sql: """
          CREATE TABLE rewritten (registry TEXT);
          CREATE TRIGGER note AFTER UPDATE ON publication BEGIN
            INSERT INTO rewritten VALUES (new.registry);
          END
          """)
    }
    var change = try StoreSamples.change(record, to: .publishing(StoreSamples.run), at: 3)
    _ = try await store.commit(change)
    let count = { try await pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM rewritten") } }
    #expect(try await count() == 0)
    var publication = change.record.machine.publications[0]
    publication.handle(
      .opened(UploadSession(state: ["id": 1]), total: 10), at: StoreSamples.time(4), retry: .init(), of: record.id)
    change.record.machine = change.record.machine.withPublications([publication])
    _ = try await store.commit(change)
    #expect(try await count() == 1)
    try pool.close()
    try await store.close()
  }

  @Test func `a closed store is in one file: it can be copied, and replaced, alone`() async throws {
    let store = try SQLiteStore.open(at: path, reserve: 0)
    _ = try await store.create([StoreSamples.new(StoreSamples.record("a"))])
    // A reader of its own, which the pool closes after the writer.
    #expect(try await store.jobs(JobQuery()).count == 1)
    try await store.close()
    #expect(FileFacts(path: path + "-wal")?.bytes ?? 0 == 0)
    try FileManager.default.copyItem(atPath: path, toPath: directory.file("copy.db"))
    let copy = try SQLiteStore.open(at: directory.file("copy.db"), reserve: 0)
    #expect(try await copy.jobs(JobQuery()).count == 1)
    try await copy.close()
  }

  @Test func `a closed store says so`() async throws {
    let store = try SQLiteStore.open(at: path)
    try await store.close()
    let reading = await #expect(throws: Fault.self) { try await store.jobs(JobQuery()) }
    #expect(reading?.code == .interrupted)
    let writing = await #expect(throws: Fault.self) {
      try await store.create([StoreSamples.new(StoreSamples.record("a"))])
    }
    #expect(writing?.code == .interrupted)
  }

  @Test func `what waits is written before the store closes`() async throws {
    let made = try SQLiteStore.open(at: path, reserve: 0)
    let record = try await made.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    try await made.close()
    let executor = HeldExecutor()
    let store = try SQLiteStore.open(at: path, executor: executor, reserve: 0)
    let change = try StoreSamples.change(record, to: .done(nil), at: 3)
    async let answer = store.commit(change)
    await executor.holds(1)
    async let closed: Void = store.close()
    await executor.holds(2)
    executor.letGo()
    #expect(try await answer.count == 1)
    try await closed
    let again = try SQLiteStore.open(at: path, reserve: 0)
    #expect(try await again.job(record.id)?.machine.state == .done(nil))
    try await again.close()
  }
}
