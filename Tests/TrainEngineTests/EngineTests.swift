import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct EngineTests {
  @Test func `a job goes from its spec to a version, and every step is an event`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec()])
      let record = try #require(try await world.wait("hat@1"))
      #expect(record.machine.state.word == .done)
      #expect(record.machine.artifact?.bytes == 7)
      let words = await world.store.events(after: 0, job: JobID("hat@1"), limit: 100).map(\.transition.to)
      let steps = words.reduce(into: [JobState.Word]()) { if $0.last != $1 { $0.append($1) } }
      #expect(steps == [.queued, .submitting, .submitted, .running, .publishing, .done])
      #expect(await world.shelf.versions.count == 1)
      #expect(await engine.logTail(record) == "epoch 1\nepoch 2")
      #expect(await engine.awakeCount == 0, "an ended job has no actor")
    }
    #expect(world.world.foreignEnqueues == 0)
  }

  @Test func `a lost answer to a submission is looked up and never submitted again`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.fail(.submit, .transient(.unavailable, "reset"), afterEffect: true)
      try await world.apply(engine, [EngineWorld.spec()])
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state.word == .done)
      #expect(record?.machine.attempt == 1)
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a lost submission is repeated only after it was absent for the settle time`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.fail(.submit, .transient(.timeout, "no answer"))
      let begun = world.time.monotonic
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1", for: [.submitted, .running, .done])
      #expect(await world.platform.jobs.count == 1)
      #expect(world.time.monotonic - begun >= .seconds(30))
    }
  }

  @Test func `a list that lags does not make a second job within the settle time`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.fail(.submit, .transient(.timeout, "no answer"), afterEffect: true)
      await world.platform.hide("remote-1")
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.pass(.seconds(20))
      #expect(await world.platform.jobs.count == 1)
      await world.platform.reveal()
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state.word == .done)
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a daemon that died after asking finds its job again`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.fail(.submit, .transient(.timeout, "no answer"), afterEffect: true)
      await world.platform.fail(.find, .transient(.unavailable, "down"), times: 0)
      try await world.apply(engine, [EngineWorld.spec()])
      while await world.platform.jobs.isEmpty { try await world.pass(.milliseconds(10)) }
    }
    try world.live { (_) async throws -> Void in
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a lost state directory submits nothing twice`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      let submission = Submission(
        job: JobID("hat@1"), attempt: 1, modelName: "hat", modelVersion: "1", train: ["x": 1], identity: "",
        intended: world.time.now)
      _ = await world.platform.plant(submission, created: world.time.now - .seconds(3600))
      try await world.apply(engine, [EngineWorld.spec()])
      while await world.store.job(JobID("hat@1"))?.machine.hold == nil { try await world.pass(.milliseconds(100)) }
      let held = await world.store.job(JobID("hat@1"))
      #expect(held?.machine.hold?.reason == .alreadyExists)
      #expect(await world.platform.jobs.count == 1)
      _ = await engine.release(JobID("hat@1"), adopt: true, by: nil)
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a job that comes to an idle daemon is asked about soon`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.pass(.seconds(600))
      let begun = world.time.monotonic
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1")
      #expect(world.time.monotonic - begun < .seconds(10))
    }
  }

  @Test func `a cancel survives the death of the daemon`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.setAutomatic([.running])
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1", for: [.running])
      await world.platform.fail(.cancel, .transient(.unavailable, "down"), times: 3)
      _ = await engine.cancel(JobID("hat@1"), by: nil)
    }
    try world.live { (_) async throws -> Void in
      #expect(try await world.wait("hat@1")?.machine.state.word == .cancelled)
      #expect(await world.platform.jobs.count == 1)
    }
  }

  @Test func `a run that ignores its stop is forced`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.setAutomatic([.running])
      try await world.apply(engine, [EngineWorld.spec(limits: .init(run: .seconds(60), stop: .seconds(5)))])
      try await world.wait("hat@1", for: [.running])
      #expect(try await world.wait("hat@1")?.machine.state.reason == .runTimeout)
    }
  }

  @Test func `slots bound what runs at once, in the order of acceptance`() throws {
    let world = try EngineWorld(maxRunning: 3)
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, (0..<20).map { EngineWorld.spec("job\($0)") })
      for index in 0..<20 { try await world.wait("job\(index)@1") }
      #expect(await world.platform.mostLive <= 3)
      for (place, job) in await world.platform.jobs.enumerated() {
        let number = try #require(Int(job.submission.modelName.dropFirst(3)))
        #expect(abs(number - place) < 3, "those admitted together may overtake each other, nobody else")
      }
    }
  }

  @Test func `a thousand jobs cost no more polling calls than ten`() throws {
    func calls(_ count: Int) throws -> Int {
      let world = try EngineWorld()
      return try world.live { engine in
        await world.platform.setAutomatic([.running])
        try await world.apply(engine, (0..<count).map { EngineWorld.spec("job\($0)", publish: []) })
        try await world.wait("job\(count - 1)@1", for: [.running])
        let before = await world.platform.calls[.observe, default: 0]
        try await world.pass(.seconds(3600))
        #expect(await engine.awakeCount == 0, "a job that sleeps has no actor")
        return await world.platform.calls[.observe, default: 0] - before
      }
    }
    let few = try calls(10)
    #expect(few > 10)
    #expect(try calls(1000) <= few + 5)
  }

  @Test(arguments: ScriptedShelf.Call.allCases, [false, true])
  func `a registry that fails anywhere gets one version in the end`(
    call: ScriptedShelf.Call, afterEffect: Bool
  ) throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.fail(call, .transient(.unavailable, "503"), times: 2, afterEffect: afterEffect)
      try await world.apply(engine, [EngineWorld.spec(publish: ["shelf", "other"])])
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state.word == .done)
      #expect(await world.shelf.versions.count == 1)
      #expect(await world.other.versions.count == 1)
    }
  }

  @Test func `a dead registry delays nobody and fails nothing`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.fail(.find, .transient(.unavailable, "down"), times: .max)
      try await world.apply(engine, [EngineWorld.spec(publish: ["shelf", "other"])])
      while await world.other.versions.isEmpty { try await world.pass(.milliseconds(100)) }
      try await world.pass(.seconds(7200))
      #expect(await world.store.job(JobID("hat@1"))?.machine.state.word == .publishing)
      #expect(await world.shelf.calls[.find, default: 0] < 300)
      await world.shelf.recover()
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
    }
  }

  @Test func `what somebody else published there refuses ours and is named`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(.init(id: "theirs", modelName: "hat", modelVersion: "1", marker: ["job": "x@1"]))
      try await world.apply(engine, [EngineWorld.spec()])
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state.reason == .publishRefused)
      #expect(record?.machine.state.message?.contains("theirs") == true)
    }
  }

  @Test func `a store that is full loses no answer`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec()])
      await world.store.failNext(25, with: .transient(.diskFull, "full", effect: .none))
      let record = try await world.wait("hat@1")
      #expect(record?.machine.state.word == .done)
      #expect(await world.platform.jobs.count == 1)
      #expect(await world.shelf.versions.count == 1)
    }
  }

  @Test(arguments: 1...60) func `whenever the daemon dies, one job and one version come of it`(seed: UInt64) throws {
    let world = try EngineWorld(seed: seed)
    for life in 0..<12 {
      let isOver = try world.live { engine in
        if life == 0 { try await world.apply(engine, [EngineWorld.spec(publish: ["shelf", "other"])]) }
        if life % 3 == 1 { await world.platform.fail(.submit, .transient(.timeout, "lost"), afterEffect: true) }
        if life % 4 == 2 { await world.shelf.fail(.commit, .transient(.timeout, "lost"), afterEffect: true) }
        try await world.wait("hat@1", atMost: .milliseconds(Int64(world.world.random(0..<4000))))
        return await world.store.job(JobID("hat@1"))?.machine.state.isTerminal == true
      }
      if isOver { break }
    }
    try world.live { (_) async throws -> Void in
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
      #expect(await world.platform.jobs.count == 1)
      #expect(await world.shelf.versions.count == 1)
      #expect(await world.other.versions.count == 1)
    }
    #expect(world.world.foreignEnqueues == 0)
  }
}
