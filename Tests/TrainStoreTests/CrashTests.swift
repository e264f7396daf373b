import Foundation
import Synchronization
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

/// Each of these kills a process of its own, at a chosen moment.
@Suite struct CrashTests {
  /// Makes a store of one job, then kills itself while 50 changes are stored.
  /// - Parameter atCommit: with everything written but the COMMIT; else right after it, before anyone is told.
  private static func die(_ path: String, atCommit: Bool) async throws {
    let isArmed = Mutex(false)
    let boundary = Boundary { point, side in
      if !atCommit, point == .storeCommit, side == .after { kill(getpid(), SIGKILL) }
    }
    let store = try SQLiteStore.open(at: path, boundary: boundary) { statement in
      if atCommit, statement.hasPrefix("COMMIT"), isArmed.withLock({ $0 }) { kill(getpid(), SIGKILL) }
    }
    let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
    isArmed.withLock { $0 = true }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for second in 1...50 {
        let change = try StoreSamples.change(record, to: .running(StoreSamples.run), at: Int64(second))
        group.addTask { _ = try await store.commit(change) }
      }
      try await group.waitForAll()
    }
  }

  @Test func `a batch that was not committed is gone as a whole`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.db")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try await Self.die(path, atCommit: true)
    }
    let store = try SQLiteStore.open(at: path)
    #expect(try await store.job(JobID("a@1.0"))?.machine.state.word == .queued)
    #expect(try await store.lastSequence() == 1)
    try await store.close()
  }

  @Test func `a batch that was committed is there though nobody was told`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.db")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try await Self.die(path, atCommit: false)
    }
    let store = try SQLiteStore.open(at: path)
    #expect(try await store.job(JobID("a@1.0"))?.machine.state.word == .running)
    #expect(try await store.lastSequence() > 1)
    try await store.close()
  }
}
