internal import Testing
internal import TrainCore

extension JobStoreCheck {
  /// a: running at 10; b: done at 20; c: failed at 30 with logs owed; d: queued since 40; e of spec a: done at 50.
  private static func fill(_ store: any JobStore) async throws {
    let samples = [
      StoreSamples.record("a"), StoreSamples.record("b"), StoreSamples.record("c"),
      StoreSamples.record("d", created: 40),
      StoreSamples.record("a", version: "2.0"),
    ]
    let records = try await store.create(samples.map(StoreSamples.new))
    _ = try await store.commit(StoreSamples.change(records[0], to: .running(StoreSamples.run), at: 10))
    _ = try await store.commit(StoreSamples.change(records[1], to: .done(nil), at: 20))
    var failed = try StoreSamples.change(records[2], to: .failed(.lost, message: "gone"), at: 30)
    failed.record.machine = try StoreSamples.machine(
      failed.record.machine, ["logsOwed": [["run": StoreSamples.run]]])
    _ = try await store.commit(failed)
    _ = try await store.commit(StoreSamples.change(records[4], to: .done(nil), at: 50))
  }

  private static func ids(_ store: any JobStore, _ query: JobQuery) async throws -> [String] {
    try await store.jobs(query).map(\.id.description)
  }

  static let reading = [
    JobStoreCheck("an empty store has nothing") { store async throws in
      #expect(try await store.job(JobID("a@1")) == nil)
      #expect(try await store.jobs(JobQuery()) == [])
      #expect(try await store.tombstones() == [])
      #expect(try await store.events(after: 0, job: nil, limit: 10) == [])
      #expect(try await store.lastSequence() == 0)
      #expect(try await store.receipts(of: JobID("a@1"), registry: "r") == [])
      #expect(try await store.create([]) == [])
    },
    JobStoreCheck("a query returns the jobs that match all of its parts") { store async throws in
      try await fill(store)
      let at = StoreSamples.time
      #expect(try await ids(store, JobQuery()) == ["a@2.0", "d@1.0", "c@1.0", "b@1.0", "a@1.0"])
      #expect(try await ids(store, JobQuery(order: .oldestFirst, limit: 2)) == ["a@1.0", "b@1.0"])
      #expect(try await ids(store, JobQuery(limit: 0)) == [])
      #expect(try await ids(store, JobQuery(after: 1, order: .oldestFirst, limit: 2)) == ["b@1.0", "c@1.0"])
      #expect(try await ids(store, JobQuery(owing: true, after: 3, order: .oldestFirst)) == ["d@1.0"])
      #expect(try await ids(store, JobQuery(states: [.done, .queued])) == ["a@2.0", "d@1.0", "b@1.0"])
      #expect(try await ids(store, JobQuery(states: [])) == [])
      #expect(try await ids(store, JobQuery(spec: "a")) == ["a@2.0", "a@1.0"])
      #expect(try await ids(store, JobQuery(liveOrChangedSince: at(30))) == ["a@2.0", "d@1.0", "c@1.0", "a@1.0"])
      #expect(try await ids(store, JobQuery(changedBefore: at(30))) == ["b@1.0", "a@1.0"])
      #expect(try await ids(store, JobQuery(owing: true)) == ["d@1.0", "c@1.0", "a@1.0"])
      #expect(try await ids(store, JobQuery(states: [.done], spec: "a", changedBefore: at(50))) == [])
      #expect(
        try await ids(store, JobQuery(states: [.done, .running], spec: "a", liveOrChangedSince: at(60), owing: true))
          == ["a@1.0"])
    },
    JobStoreCheck("events are read in order, from any point, of all jobs or one") { store async throws in
      try await fill(store)
      let all = try await store.events(after: 0, job: nil, limit: 100)
      #expect(all.map(\.sequence) == (1...9).map { $0 })
      #expect(try await store.lastSequence() == 9)
      #expect(try await store.events(after: 7, job: nil, limit: 100) == Array(all[7...]))
      #expect(try await store.events(after: 2, job: nil, limit: 3) == Array(all[2..<5]))
      #expect(try await store.events(after: 0, job: JobID("c@1.0"), limit: 100).map(\.sequence) == [3, 8])
      #expect(try await store.events(after: 3, job: JobID("c@1.0"), limit: 100).map(\.sequence) == [8])
      #expect(try await store.events(after: 9, job: nil, limit: 100) == [])
      #expect(try await store.events(after: 0, job: nil, limit: 0) == [])
    },
  ]

  static let forgetting = [
    JobStoreCheck("a pruned job leaves its tombstone and nothing else") { store async throws in
      try await fill(store)
      let part = PartReceipt(number: 0, offset: 0, length: 8)
      let done = try #require(try await store.job(JobID("b@1.0")))
      _ = try await store.commit(JobChange(record: done, transitions: [], receipts: ["shelf": [part]]))
      try await store.prune([JobID("b@1.0"), JobID("never@1")], at: StoreSamples.time(99))
      #expect(try await store.job(done.id) == nil)
      #expect(try await store.events(after: 0, job: done.id, limit: 10) == [])
      #expect(try await store.receipts(of: done.id, registry: "shelf") == [])
      #expect(
        try await store.tombstones() == [
          Tombstone(
            id: done.id, spec: "b", version: "1.0", identity: "1db", state: .done, pruned: StoreSamples.time(99))
        ])
    },
    JobStoreCheck("a job that is not terminal is not pruned, nor what came with it") { store async throws in
      try await fill(store)
      let fault = await #expect(throws: Fault.self) {
        try await store.prune([JobID("b@1.0"), JobID("a@1.0")], at: StoreSamples.time(99))
      }
      #expect(fault?.code == .rejected)
      #expect(fault?.isPermanent == true)
      #expect(try await store.jobs(JobQuery()).count == 5)
      #expect(try await store.tombstones() == [])
    },
    JobStoreCheck("numbers of pruned jobs and events never come again") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
      _ = try await store.commit(StoreSamples.change(record, to: .done(nil), at: 1))
      try await store.prune([record.id], at: StoreSamples.time(2))
      #expect(try await store.lastSequence() == 2)
      #expect(try await store.create([StoreSamples.new(StoreSamples.record("b"))])[0].number == 2)
      #expect(try await store.lastSequence() == 3)
    },
    JobStoreCheck("a pruned job is not accepted again until it is buried") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
      _ = try await store.commit(StoreSamples.change(record, to: .done(nil), at: 1))
      try await store.prune([record.id], at: StoreSamples.time(2))
      let fault = await #expect(throws: Fault.self) { try await store.create([StoreSamples.new(record)]) }
      #expect(fault?.code == .alreadyExists)
      try await store.bury([record.id, JobID("never@1")])
      #expect(try await store.tombstones() == [])
      #expect(try await store.create([StoreSamples.new(record)])[0].number == 2)
    },
  ]
}
