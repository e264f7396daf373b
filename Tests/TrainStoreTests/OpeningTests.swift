import Foundation
import GRDB
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

@Suite struct OpeningTests {
  private let directory: TemporaryDirectory
  private var path: String { directory.file("store.db") }

  init() throws { directory = try TemporaryDirectory() }

  private func fault(_ path: String) -> Fault? {
    #expect(throws: Fault.self) { try SQLiteStore.open(at: path, reserve: 0) }
  }

  private func makeStore() async throws {
    let store = try SQLiteStore.open(at: path, reserve: 0)
    _ = try await store.create([StoreSamples.new(StoreSamples.record("a"))])
    try await store.close()
  }

  /// Changes the store the way another program would.
  private func edit(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  private func expectUntouched(_ bytes: Data, _ names: [String]) throws {
    #expect(try directory.bytes("store.db") == bytes)
    #expect(try directory.names.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == names)
  }

  @Test func `the writer syncs every commit and the log goes back to its size`() throws {
    let pool = try StoreOpening(path: path).open()
    try pool.writeWithoutTransaction { db throws in
      #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
      #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
      #expect(try Int.fetchOne(db, sql: "PRAGMA foreign_keys") == 1)
      #expect(try Int.fetchOne(db, sql: "PRAGMA journal_size_limit") == 16 << 20)
      #expect(try Int.fetchOne(db, sql: "PRAGMA busy_timeout") == 5000)
      #expect(try Int.fetchOne(db, sql: "PRAGMA temp_store") == 2)
    }
    try pool.close()
  }

  @Test func `a new store is for its owner alone`() async throws {
    try await makeStore()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try directory.names == ["store.db"])
  }

  @Test func `a creation that was cut short is begun anew`() async throws {
    try Data("half a store".utf8).write(to: URL(fileURLWithPath: path + ".new"))
    try await makeStore()
    #expect(try directory.names == ["store.db"])
  }

  @Test(arguments: ["", "SQLite format 3", "SQLite format 3\0", "not a database at all"])
  func `a file that is no database is refused and stays as it is`(text: String) throws {
    let bytes = Data(text.utf8) + (text.hasPrefix("not") ? Data(repeating: 7, count: 5000) : Data())
    try bytes.write(to: URL(fileURLWithPath: path))
    let fault = #expect(throws: Fault.self) { try SQLiteStore.open(at: path) }
    #expect(fault?.code == .corrupted)
    #expect(fault?.isPermanent == true)
    #expect(fault?.hint?.contains("backup") == true)
    #expect(try directory.bytes("store.db") == bytes)
    #expect(try directory.names == ["store.db"])
  }

  @Test(arguments: [100, 4096, 12288])
  func `a store that was cut off is refused and stays as it is`(length: Int) async throws {
    try await makeStore()
    let bytes = try directory.bytes("store.db").prefix(length)
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(fault(path)?.code == .corrupted)
    try expectUntouched(Data(bytes), ["store.db"])
  }

  @Test func `a store with a damaged page is refused and stays as it is`() async throws {
    try await makeStore()
    var bytes = try directory.bytes("store.db")
    bytes.replaceSubrange(4096..<8192, with: Data(repeating: 0xA5, count: 4096))
    try bytes.write(to: URL(fileURLWithPath: path))
    let fault = fault(path)
    #expect(fault?.code == .corrupted)
    #expect(fault?.message.contains(path) == true)
    try expectUntouched(bytes, ["store.db"])
  }

  @Test func `a database of another program is refused and stays as it is`() throws {
    try edit("CREATE TABLE song (title TEXT)")
    let bytes = try directory.bytes("store.db")
    #expect(fault(path)?.code == .corrupted)
    try expectUntouched(bytes, ["store.db"])
  }

  @Test(arguments: [
    "PRAGMA user_version = 99", "INSERT INTO grdb_migrations (identifier) VALUES ('0002-of-tomorrow')",
  ])
  func `a store of a newer release is refused and stays as it is`(sql: String) async throws {
    try await makeStore()
    try edit(sql)
    let bytes = try directory.bytes("store.db")
    let fault = fault(path)
    #expect(fault?.code == .unsupported)
    #expect(fault?.isPermanent == true)
    #expect(fault?.message.contains("newer traind") == true)
    #expect(fault?.hint != nil)
    try expectUntouched(bytes, ["store.db"])
  }

  @Test func `what a newer release left in its log is not touched either`() async throws {
    try await makeStore()
    let crashed = try TemporaryDirectory()
    let queue = try DatabaseQueue(path: path)
    // As after a crash: the news is only in the log.
    try await queue.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0; INSERT INTO grdb_migrations VALUES ('0002-of-tomorrow')")
    }
    for name in ["store.db", "store.db-wal"] {
      try FileManager.default.copyItem(atPath: directory.file(name), toPath: crashed.file(name))
    }
    try queue.close()
    let (bytes, log) = (try crashed.bytes("store.db"), try crashed.bytes("store.db-wal"))
    #expect(log.count > 0)
    #expect(fault(crashed.file("store.db"))?.code == .unsupported)
    #expect(try crashed.bytes("store.db") == bytes)
    #expect(try crashed.bytes("store.db-wal") == log)
  }

  @Test func `a log without its database is not thrown away`() throws {
    let log = Data(repeating: 1, count: 5000)
    try log.write(to: URL(fileURLWithPath: path + "-wal"))
    #expect(fault(path)?.code == .corrupted)
    #expect(try directory.bytes("store.db-wal") == log)
    #expect(try directory.names == ["store.db-wal"])
  }

  @Test func `a row that can't be understood is reported and harms no other`() async throws {
    let made = try SQLiteStore.open(at: path, reserve: 0)
    _ = try await made.create(["a", "b"].map { StoreSamples.new(StoreSamples.record($0)) })
    try await made.close()
    try edit("UPDATE job SET machine = '{\"state\":{\"dreaming\":{}}}' WHERE id = 'a@1.0'")
    let store = try SQLiteStore.open(at: path, reserve: 0)
    let fault = await #expect(throws: Fault.self) { try await store.job(JobID("a@1.0")) }
    #expect(fault?.code == .corrupted)
    #expect(fault?.message.contains("job.machine") == true)
    #expect(try await store.job(JobID("b@1.0")) != nil)
    try await store.close()
  }

  @Test func `a directory that is missing is named`() {
    let fault = fault(directory.file("none/store.db"))
    #expect(fault?.code == .io)
    #expect(fault?.message.contains(directory.file("none")) == true)
    #expect(fault?.hint?.contains("create the directory") == true)
  }

  @Test func `a store that is no file, and a directory that is none, are refused`() throws {
    #expect(fault(directory.path)?.code == .io)
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(fault(path + "/store.db")?.code == .io)
  }

  @Test func `a store that nobody may write to is refused`() async throws {
    try await makeStore()
    guard geteuid() != 0 else {
      // The kernel lets root write through any mode: a file system that can't be written to is what is left.
      let mount = try? TemporaryMount(megabytes: 4)
      guard let mount else { return print("skipped: may not mount a file system here") }
      try FileManager.default.copyItem(atPath: path, toPath: mount.file("store.db"))
      try mount.makeReadOnly()
      let fault = fault(mount.file("store.db"))
      #expect(fault?.code == .io)
      #expect(fault?.isPermanent == true)
      #expect(fault?.hint?.contains("mount options") == true)
      return
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path) }
    let fault = fault(path)
    #expect(fault?.code == .io)
    #expect(fault?.isPermanent == true)
    #expect(fault?.hint?.contains("mode") == true)
  }
}
