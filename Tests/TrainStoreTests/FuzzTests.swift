import Foundation
import GRDB
import Testing
import TrainCore
import TrainTestKit

@testable import TrainStore

@Suite(.timeLimit(.minutes(60))) struct FuzzTests {
  private static let pieces = [
    "[", "]", "{", "}", ",", ":", "\"", "null", "1e999", "\"submitting\":", "\"attempt\":", "\"state\":", "\"_0\":",
    "\"until\":", "\"tries\":", "\"asked\":1,", "\"rules\":",
  ]

  private static func machines() throws -> [[UInt8]] {
    try StoreSamples.states.map { _, state in
      Array(
        try StoredJSON.text(of: StoreSamples.machine(StoreSamples.record("a").machine, ["state": state])).utf8)
    }
  }

  @Test func `a damaged machine is refused, or is the same when it is stored again`() async throws {
    var fuzzing = try Fuzzing(
      "machine", rounds: 4000, pieces: Self.pieces, most: 1 << 20, more: Self.machines(), file: #filePath)
    try await fuzzing.run { (bytes) throws -> Bool in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let machine = try? StoredJSON.value(JobMachine.self, from: text) else { return false }
      #expect(try StoredJSON.value(JobMachine.self, from: StoredJSON.text(of: machine)) == machine)
      return true
    }
    #expect(fuzzing.accepted * 50 > fuzzing.rounds)
  }

  @Test func `a row that holds anything is understood or reported, and no step of what was understood traps`()
    async throws
  {
    let directory = try TemporaryDirectory()
    let path = directory.file("store.db")
    let store = try SQLiteStore.open(at: path, reserve: 0)
    _ = try await store.create(["a", "b"].map { StoreSamples.new(StoreSamples.record($0)) })
    let other = try DatabaseQueue(path: path)
    var fuzzing = try Fuzzing(
      "row", rounds: 400, pieces: Self.pieces, most: 1 << 16, more: Self.machines(), file: #filePath)
    try await fuzzing.runAsync { (bytes) async throws -> Bool in
      let text = String(decoding: bytes, as: UTF8.self)
      try await other.writeWithoutTransaction { db throws in
        try db.execute(sql: "UPDATE job SET machine = ? WHERE id = 'a@1.0'", arguments: [text])
      }
      let found: Result<JobRecord?, Fault>
      do throws(Fault) { found = .success(try await store.job(JobID("a@1.0"))) } catch { found = .failure(error) }
      switch found {
      case .success(let record):
        if let record { Self.step(record.machine) }
        return record != nil
      case .failure(let error):
        #expect(error.code == .corrupted && error.isPermanent && error.hint != nil)
        let stored = try await other.read { db throws in
          try Data.fetchOne(db, sql: "SELECT CAST(machine AS BLOB) FROM job WHERE id = 'a@1.0'")
        }
        #expect(stored == Data(text.utf8.prefix { $0 != 0 }), "it is left as it was found (a text ends at NUL)")
        #expect(try await store.job(JobID("b@1.0")) != nil)
        return false
      }
    }
    try other.close()
    try await store.close()
  }

  /// Everything that the shell would do with it next.
  private static func step(_ machine: JobMachine) {
    let now = StoreSamples.time(100)
    let fault = Fault.transient(.unavailable, "reset", after: .seconds(3))
    let attempt = machine.attempt
    var events: [JobEvent] = [
      .admitted, .submitAsked(attempt: attempt), .submitted(attempt: attempt, StoreSamples.run.handle),
      .submitAbsent(attempt: attempt), .submitRefused(attempt: attempt, fault), .cancelDelivered(attempt: attempt),
      .spoolCleared, .logsCopied(attempt: attempt), .cancelRequested(nil), .retryRequested(nil),
      .publishRequested(nil, registry: nil), .holdRequested(nil), .rulesChanged(machine.rules),
    ]
    for call in [JobCall.submit, .cancel, .fetch, .logs] { events.append(.callFailed(call, attempt: attempt, fault)) }
    for phase in [Observation.Phase.running, .succeeded, .failed(message: "x"), .cancelled, .lost(message: "y")] {
      events.append(.observed(attempt: attempt, Observation(phase)))
    }
    for leftover in machine.leftoversOwed {
      events += [
        .abandoned(leftover: leftover.number), .abandonFailed(leftover: leftover.number, fault, holdings: ["u"]),
      ]
    }
    for effect in machine.owed {
      if case .wake(let wake) = effect { events.append(.deadline(wake)) }
    }
    for event in events {
      var copy = machine
      _ = copy.handle(event, at: now)
      for case .wake(let wake) in copy.owed { _ = copy.longestWait(for: wake) }
    }
  }
}
