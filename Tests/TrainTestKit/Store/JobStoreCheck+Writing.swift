internal import Testing
internal import TrainCore

extension JobStoreCheck {
  static let accepting = [
    JobStoreCheck("accepted jobs are numbered in order and have one event each") { store async throws in
      let made = try await store.create([
        StoreSamples.new(StoreSamples.record("a")), StoreSamples.new(StoreSamples.record("b")),
      ])
      #expect(made.map(\.id.description) == ["a@1.0", "b@1.0"])
      #expect(made.map(\.number) == [1, 2])
      #expect(try await store.job(JobID("a@1.0")) == made[0])
      let events = try await store.events(after: 0, job: nil, limit: 10)
      #expect(events.map(\.sequence) == [1, 2])
      #expect(events.map(\.transition) == made.map { StoreSamples.new($0).accepted })
    },
    JobStoreCheck("when one id is taken none is accepted") { store async throws in
      _ = try await store.create([StoreSamples.new(StoreSamples.record("a"))])
      let fault = await #expect(throws: Fault.self) {
        try await store.create([StoreSamples.new(StoreSamples.record("b")), StoreSamples.new(StoreSamples.record("a"))])
      }
      #expect(fault?.code == .alreadyExists)
      #expect(fault?.isPermanent == true)
      #expect(try await store.jobs(JobQuery()).map(\.id) == [JobID("a@1.0")])
      #expect(try await store.lastSequence() == 1)
    },
    JobStoreCheck("the same id twice in one call is refused") { store async throws in
      let fault = await #expect(throws: Fault.self) {
        try await store.create([StoreSamples.new(StoreSamples.record("a")), StoreSamples.new(StoreSamples.record("a"))])
      }
      #expect(fault?.code == .alreadyExists)
      #expect(try await store.jobs(JobQuery()).isEmpty)
    },
  ]

  static let changing = [
    JobStoreCheck("every state comes back as it was stored") { store async throws in
      for (name, state) in try StoreSamples.states {
        let record = try await store.create([StoreSamples.new(StoreSamples.record(name))])[0]
        let change = try StoreSamples.change(record, to: state, at: 90)
        _ = try await store.commit(change)
        #expect(try await store.job(record.id) == change.record, "\(name)")
      }
    },
    JobStoreCheck("a change returns its events as they are stored") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a"))])[0]
      var change = try StoreSamples.change(
        record, to: .failed(.lost, message: "gone"), at: 5,
        detail: ["bytes_sent": 3, "share": 2.0, "digest": "sha256:00", "none": nil])
      change.transitions.append(change.transitions[0])
      let events = try await store.commit(change)
      #expect(events.map(\.sequence) == [2, 3])
      #expect(events.map(\.transition) == change.transitions)
      #expect(try await store.events(after: 1, job: record.id, limit: 10) == events)
    },
    JobStoreCheck("a change of a job that is not there is refused for good") { store async throws in
      let change = try StoreSamples.change(StoreSamples.record("ghost"), to: .done(nil), at: 1)
      let fault = await #expect(throws: Fault.self) { try await store.commit(change) }
      #expect(fault?.code == .notFound)
      #expect(fault?.isPermanent == true)
      #expect(try await store.lastSequence() == 0)
    },
    JobStoreCheck("of many changes at once only the impossible one fails") { store async throws in
      let records = try await store.create((0..<40).map { StoreSamples.new(StoreSamples.record("job\($0)")) })
      var changes = try records.map { try StoreSamples.change($0, to: .running(StoreSamples.run), at: 3) }
      changes.insert(try StoreSamples.change(StoreSamples.record("ghost"), to: .done(nil), at: 3), at: 20)
      let failed = await withTaskGroup(of: JobID?.self) { group in
        for change in changes {
          group.addTask {
            do {
              return try await store.commit(change).first?.job == change.record.id ? nil : change.record.id
            } catch {
              return change.record.id
            }
          }
        }
        return await group.reduce(into: [JobID]()) { failed, job in if let job { failed.append(job) } }
      }
      #expect(failed == [JobID("ghost@1.0")])
      #expect(try await store.jobs(JobQuery(states: [.running])).count == 40)
      #expect(try await store.events(after: 40, job: nil, limit: 100).map(\.sequence) == (41...80).map { $0 })
    },
  ]

  static let publishing = [
    JobStoreCheck("publications come back in their order, changed, added and removed") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a", registries: ["z", "m"]))])[0]
      var committed = PublicationMachine(registry: "a")
      committed.handle(
        .committed(RemoteVersion(id: "v1", url: "https://r/v1"), bytes: 9), at: StoreSamples.time(1), retry: .init(),
        of: record.id)
      var change = try StoreSamples.change(record, to: .publishing(StoreSamples.run), at: 5)
      change.record.machine = change.record.machine.withPublications([committed, PublicationMachine(registry: "z")])
      _ = try await store.commit(change)
      #expect(try await store.job(record.id) == change.record)
    },
    JobStoreCheck("receipts are kept by number until they are void") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a", registries: ["r", "s"]))])[0]
      let parts = (0..<3).map { PartReceipt(number: $0, offset: Int64($0) * 8, length: 8, token: "t\($0)") }
      var change = JobChange(record: record, transitions: [])
      change.receipts = ["r": [parts[2], parts[0]], "s": [parts[1]]]
      #expect(try await store.commit(change) == [])
      let again = PartReceipt(number: 0, offset: 0, length: 8, token: "again")
      change.receipts = ["r": [parts[1], again]]
      _ = try await store.commit(change)
      #expect(try await store.receipts(of: record.id, registry: "r") == [again, parts[1], parts[2]])
      change.receipts = ["r": [parts[0]]]
      change.voided = ["r"]
      _ = try await store.commit(change)
      #expect(try await store.receipts(of: record.id, registry: "r") == [parts[0]])
      #expect(try await store.receipts(of: record.id, registry: "s") == [parts[1]])
      #expect(try await store.receipts(of: record.id, registry: "other") == [])
    },
    JobStoreCheck("receipts go with their publication") { store async throws in
      let record = try await store.create([StoreSamples.new(StoreSamples.record("a", registries: ["r", "s"]))])[0]
      let part = PartReceipt(number: 0, offset: 0, length: 8)
      var change = JobChange(record: record, transitions: [], receipts: ["r": [part], "s": [part], "other": [part]])
      _ = try await store.commit(change)
      #expect(try await store.receipts(of: record.id, registry: "other") == [])
      change.receipts = [:]
      change.record.machine = record.machine.withPublications([PublicationMachine(registry: "s")])
      _ = try await store.commit(change)
      #expect(try await store.receipts(of: record.id, registry: "r") == [])
      #expect(try await store.receipts(of: record.id, registry: "s") == [part])
    },
  ]
}
