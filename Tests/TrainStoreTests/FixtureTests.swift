import Foundation
import GRDB
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

/// Stored values are a file format: what a release wrote, every later one reads.
@Suite struct FixtureTests {
  private func open(_ sql: String, in directory: TemporaryDirectory) throws -> SQLiteStore {
    let queue = try DatabaseQueue(path: directory.file("store.db"))
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    return try SQLiteStore.open(at: directory.file("store.db"), reserve: 0)
  }

  /// No `default`: a new state has to be thought of here and in `StoreSamples.states`, and needs a fixture.
  private func name(_ state: JobState) -> String {
    switch state {
    case .queued: "queued"
    case .submitting: "submitting"
    case .submitted: "submitted"
    case .running: "running"
    case .backingOff: "backingOff"
    case .publishing: "publishing"
    case .cancelling: "cancelling"
    case .withdrawing: "withdrawing"
    case .done: "done"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }

  @Test func `every state that release 0-1 stored is understood`() async throws {
    let directory = try TemporaryDirectory()
    let store = try open(Release01.sql, in: directory)
    for (expected, state) in try StoreSamples.states {
      let record = try #require(try await store.job(JobID(spec: expected, version: "1.0")))
      #expect(name(record.machine.state) == expected)
      #expect(record.machine.state == state)
      #expect(record.origin == .submitted(Operator(uid: 1000, user: "ada")))
      #expect(record.spec == StoreSamples.spec(expected))
      #expect(record.machine.rules == StoreSamples.record(expected).machine.rules)
      #expect(record.finished == (state.isTerminal ? StoreSamples.time(90) : nil))
    }
    #expect(try await store.jobs(JobQuery()).count == 12)
    try await store.close()
  }

  @Test func `every part of a job that release 0-1 stored is understood`() async throws {
    let directory = try TemporaryDirectory()
    let store = try open(Release01.sql, in: directory)
    let record = try #require(try await store.job(RichJob.record.id))
    let change = try RichJob.change(RichJob.record)
    #expect(record.machine == change.record.machine)
    #expect(record.machine.publications == RichJob.publications)
    #expect(record.origin == .specDirectory)
    #expect(try await store.receipts(of: record.id, registry: "uploading") == RichJob.parts)
    let events = try await store.events(after: 0, job: record.id, limit: 10)
    #expect(events.last?.transition == change.transitions[0])
    #expect(
      try await store.tombstones() == [
        Tombstone(
          id: JobID("gone@1.0"), spec: "gone", version: "1.0", identity: "1dgone", state: .failed,
          pruned: StoreSamples.time(92))
      ])
    try await store.close()
  }

  @Test func `a store of release 0-1 goes on where it was`() async throws {
    let directory = try TemporaryDirectory()
    let store = try open(Release01.sql, in: directory)
    #expect(try await store.lastSequence() == 26)
    let record = try await store.create([StoreSamples.new(StoreSamples.record("next"))])[0]
    #expect(record.number == 14)
    _ = try await store.commit(StoreSamples.change(record, to: .done(nil), at: 99))
    #expect(try await store.lastSequence() == 28)
    try await store.close()
  }

  @Test func `a store that came from release 0-1 is made like a new one`() async throws {
    let (old, new) = (try TemporaryDirectory(), try TemporaryDirectory())
    try await open(Release01.sql, in: old).close()
    try await SQLiteStore.open(at: new.file("store.db"), reserve: 0).close()
    #expect(try schema(old.file("store.db")) == schema(new.file("store.db")))
  }

  private func schema(_ path: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { db in
      try String.fetchAll(db, sql: "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY name")
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["TRAIND_WRITE_FIXTURE"] != nil))
  func `a fixture of this release is written where TRAIND_WRITE_FIXTURE says`() async throws {
    let path = try #require(ProcessInfo.processInfo.environment["TRAIND_WRITE_FIXTURE"])
    try await Data(FixtureWriter.source(release: "01").utf8).write(to: URL(fileURLWithPath: path))
  }
}
