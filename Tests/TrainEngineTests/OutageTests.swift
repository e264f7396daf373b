import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct OutageTests {
  private static let faults: [Fault] = [
    .transient(.unavailable, "connection refused", effect: .none), .transient(.timeout, "no answer"),
    .transient(.badAnswer, "half a page of HTML"), .transient(.throttled, "slow down", effect: .none),
  ]

  /// One job in each state in which the provider is asked for something.
  private func everywhere(_ engine: Engine, _ world: EngineWorld) async throws {
    await world.platform.setAutomatic([])
    try await world.apply(engine, ["submitted", "running", "publishing", "cancelling"].map { EngineWorld.spec($0) })
    for name in ["submitted", "running", "publishing", "cancelling"] {
      try await world.wait("\(name)@1", for: [.submitted])
    }
    for job in await world.platform.jobs where job.submission.modelName != "submitted" {
      await world.platform.set(job.id, .running)
    }
    for name in ["running", "publishing", "cancelling"] { try await world.wait("\(name)@1", for: [.running]) }
    // Nothing is fetched from here on, no cancel is taken, no answer to a submission arrives.
    await world.platform.fail(.fetch, .transient(.unavailable, "reset"), times: .max)
    await world.platform.fail(.cancel, .transient(.unavailable, "reset"), times: .max)
    let done = await world.platform.jobs.filter { $0.submission.modelName == "publishing" }
    for job in done { await world.platform.set(job.id, .succeeded) }
    try await world.wait("publishing@1", for: [.publishing])
    _ = await engine.cancel(JobID("cancelling@1"), by: nil)
    await world.platform.fail(.submit, .transient(.timeout, "no answer"), times: .max, afterEffect: true)
    try await world.apply(engine, [EngineWorld.spec("submitting")])
    while await world.platform.calls[.submit, default: 0] < 5 { try await world.pass(.milliseconds(10)) }
  }

  @Test(arguments: faults)
  func `an hour without the provider changes no job's state`(fault: Fault) throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await everywhere(engine, world)
      await world.platform.goAway(fault)
      let before = await world.store.jobs(JobQuery(order: .oldestFirst))
      #expect(
        Set(before.map(\.machine.state.word)) == [.submitting, .submitted, .running, .publishing, .cancelling])
      try await world.pass(.seconds(3600))
      let after = await world.store.jobs(JobQuery(order: .oldestFirst))
      #expect(after.map(\.machine.state.word) == before.map(\.machine.state.word))
      #expect(after.map(\.machine.attempt) == before.map(\.machine.attempt))
      #expect(await engine.providerStatus("far")?.unreachableSince != nil)
      await world.platform.recover()
      for job in await world.platform.jobs where [.pending, .running].contains(job.phase) {
        await world.platform.set(job.id, .succeeded)
      }
      for name in ["submitted", "running", "publishing", "submitting"] {
        #expect(try await world.wait("\(name)@1")?.machine.state.word == .done)
      }
      #expect(try await world.wait("cancelling@1")?.machine.state.word == .cancelled)
      #expect(await world.platform.jobs.count == 5, "and nothing was submitted twice")
    }
  }

  @Test(arguments: faults)
  func `a provider that is away is called no more often for a hundred jobs than for ten`(fault: Fault) throws {
    func calls(_ count: Int) throws -> Int {
      let world = try EngineWorld()
      return try world.live { engine in
        await world.platform.setAutomatic([.running])
        await world.platform.goAway(fault)
        try await world.apply(engine, (0..<count).map { EngineWorld.spec("job\($0)", publish: []) })
        try await world.pass(.seconds(3600))
        return await world.platform.calls.values.reduce(0, +)
      }
    }
    let (few, many) = (try calls(10), try calls(100))
    #expect(few > 10)
    // A function of time: first tries side by side, then a probe every half a minute or so.
    #expect(few < 300 && many < 300, "\(few) calls for 10 jobs, \(many) for 100")
  }

  @Test func `a provider that goes away under a hundred runs is called no more often than under ten`() throws {
    let fault = Self.faults[0]
    func calls(_ count: Int) throws -> Int {
      let world = try EngineWorld()
      return try world.live { engine in
        await world.platform.setAutomatic([.running])
        try await world.apply(engine, (0..<count).map { EngineWorld.spec("job\($0)", publish: []) })
        for index in 0..<count { try await world.wait("job\(index)@1", for: [.running]) }
        await world.platform.goAway(fault)
        for index in 0..<count { _ = await engine.cancel(JobID("job\(index)@1"), by: nil) }
        let before = await world.platform.calls.values.reduce(0, +)
        try await world.pass(.seconds(3600))
        return await world.platform.calls.values.reduce(0, +) - before
      }
    }
    let (few, many) = (try calls(10), try calls(100))
    #expect(few < 300 && many < 300, "\(few) calls for 10 jobs, \(many) for 100")
  }

  @Test func `a registry that is away is called no more often for a hundred uploads than for ten`() throws {
    func calls(_ count: Int) throws -> Int {
      let world = try EngineWorld()
      return try world.live { engine in
        for call in ScriptedShelf.Call.allCases {
          await world.shelf.fail(call, .transient(.unavailable, "503"), times: .max)
        }
        try await world.apply(engine, (0..<count).map { EngineWorld.spec("job\($0)") })
        try await world.pass(.seconds(3600))
        return await world.shelf.calls.values.reduce(0, +)
      }
    }
    let (few, many) = (try calls(10), try calls(100))
    #expect(few > 10)
    #expect(few < 300 && many < 300, "\(few) calls for 10 uploads, \(many) for 100")
  }

  @Test func `a run that the platform forgot is lost, and no other one is begun`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.setAutomatic([.running])
      try await world.apply(engine, [EngineWorld.spec(attempts: 3)])
      try await world.wait("hat@1", for: [.running])
      // The platform denies it for a day: that alone is no evidence.
      await world.platform.forget("remote-1")
      try await world.pass(.seconds(86_400))
      #expect(await world.store.job(JobID("hat@1"))?.machine.state.word == .running)
      // Confirmed a second way after a grace, which is the provider's to do.
      await world.platform.set("remote-1", .lost(message: "the platform knows remote-1 no longer"))
      await world.platform.recall("remote-1")
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state == .failed(.lost, message: "the platform knows remote-1 no longer"))
      try await world.pass(.seconds(86_400))
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a spool file that vanished under an upload is fetched again and published whole`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.fail(.send, .transient(.unavailable, "reset"))
      try await world.apply(engine, [EngineWorld.spec()])
      while await world.shelf.calls[.send, default: 0] == 0 { try await world.pass(.milliseconds(10)) }
      world.loseSpool()
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
      #expect(await world.shelf.versions.map(\.content) == [Array("weights".utf8)])
      #expect(await world.platform.calls[.fetch] == 2)
    }
  }
}
