import Foundation
import Testing
import TrainCore
import TrainStore
import TrainTestKit

@Suite struct BackupTests {
  @Test func `a backup taken while the store is in use opens as a store`() async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.open(at: directory.file("store.db"), reserve: 0)
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    try Data("an older one".utf8).write(to: URL(fileURLWithPath: directory.file("copy.db")))
    try await store.backup(to: directory.file("copy.db"))
    _ = try await store.commit(StoreSamples.change(record, to: .done(nil), at: 5))
    #expect(try directory.names.filter { $0.hasPrefix("copy") } == ["copy.db"])
    let mode = try FileManager.default.attributesOfItem(atPath: directory.file("copy.db"))[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let copy = try SQLiteStore.open(at: directory.file("copy.db"), reserve: 0)
    #expect(try await copy.jobs(JobQuery()) == [record])
    try await copy.close()
    try await store.close()
  }

  @Test func `a backup that can't be written leaves what was there`() async throws {
    let directory = try TemporaryDirectory()
    let store = try SQLiteStore.open(at: directory.file("store.db"), reserve: 0)
    let missing = await #expect(throws: Fault.self) { try await store.backup(to: directory.file("none/copy.db")) }
    #expect(missing?.code == .io)
    #expect(missing?.message.contains("none/copy.db") == true)
    let itself = await #expect(throws: Fault.self) {
      try await store.backup(to: directory.file("../\(directory.name)/store.db"))
    }
    #expect(itself?.code == .rejected)
    #expect(try await store.create([StoreSamples.new(StoreSamples.record("a"))]).count == 1)
    try await store.close()
  }
}
