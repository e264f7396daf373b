import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct AbandonTests {
  static let id = JobID("hat@1")
  static let away = Fault.transient(.unavailable, "connection refused", effect: .none)

  /// Until an upload is open that can't go on.
  private func stuck(_ engine: Engine, _ world: EngineWorld) async throws {
    await world.shelf.fail(.send, Self.away, times: .max)
    try await world.apply(engine, [EngineWorld.spec()])
    while await world.shelf.calls[.send, default: 0] == 0 { try await world.pass(.milliseconds(20)) }
    #expect(await world.shelf.openUploads == ["upload-1"])
  }

  private func rest(_ world: EngineWorld, step: Duration = .milliseconds(100)) async throws {
    while await world.store.job(Self.id)?.machine.isAtRest != true { try await world.pass(step) }
  }

  private func reasons(_ world: EngineWorld) async -> [JobReason?] {
    await world.store.events(after: 0, job: Self.id, limit: 1000).map(\.transition.reason)
  }

  @Test func `a cancelled job is cancelled at once, and its upload is freed when the registry is back`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.fail(.abandon, Self.away, times: 5)
      guard case .changed(let record) = await engine.cancel(Self.id, by: nil) else {
        Issue.record("not cancelled")
        return
      }
      #expect(record.machine.state.word == .cancelled)
      #expect(record.machine.leftoversOwed.map(\.registry) == ["shelf"])
      #expect(!record.machine.isAtRest)
      try await rest(world)
      #expect(await world.shelf.openUploads.isEmpty)
      #expect(await world.shelf.calls[.abandon] == 6)
      #expect(await world.store.job(Self.id)?.machine.state.word == .cancelled)
    }
  }

  @Test func `a restarted daemon frees what one before it owed`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.fail(.abandon, Self.away, times: .max)
      _ = await engine.cancel(Self.id, by: nil)
      while await world.shelf.calls[.abandon, default: 0] < 2 { try await world.pass(.milliseconds(20)) }
    }
    #expect(try world.world.run { await world.shelf.openUploads } == ["upload-1"])
    try world.live { (_) async throws -> Void in
      await world.shelf.recover()
      try await rest(world)
      #expect(await world.shelf.openUploads.isEmpty)
    }
  }

  @Test func `a lost answer to an abandon does no harm`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.fail(.abandon, .transient(.timeout, "no answer"), afterEffect: true)
      _ = await engine.cancel(Self.id, by: nil)
      try await rest(world)
      #expect(await world.shelf.calls[.abandon] == 2)
      #expect(await world.shelf.openUploads.isEmpty)
    }
  }

  @Test func `an upload that waits to be freed does not keep the next one from its end`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.recover()
      await world.shelf.fail(.abandon, Self.away, times: 8)
      _ = await engine.cancel(Self.id, by: nil)
      while await world.shelf.calls[.abandon, default: 0] < 1 { try await world.pass(.milliseconds(20)) }
      guard case .changed = await engine.retry(Self.id, by: nil) else {
        Issue.record("not retried")
        return
      }
      let record = try await world.wait("hat@1", for: [.done])
      #expect(record?.machine.state.word == .done)
      #expect(record?.machine.leftoversOwed.count == 1, "it did not wait for that")
      try await rest(world)
      #expect(await world.shelf.versions.count == 1)
      #expect(await world.shelf.openUploads.isEmpty)
    }
  }

  @Test func `what was refused or given up is freed`() throws {
    for refuses in [true, false] {
      let world = try EngineWorld()
      try world.live { (engine) async throws -> Void in
        if refuses {
          await world.shelf.fail(.seal, .permanent(.rejected, "too large"))
          try await world.apply(engine, [EngineWorld.spec()])
        } else {
          try await stuck(engine, world)
          _ = await engine.giveUp(Self.id, registry: "shelf", by: nil)
        }
        #expect(try await world.wait("hat@1", for: [.failed])?.machine.state.word == .failed)
        try await rest(world)
        #expect(await world.shelf.openUploads.isEmpty)
        #expect(await world.shelf.calls[.abandon] == 1)
      }
    }
  }

  @Test func `a commit in doubt is looked for before anything is freed`() throws {
    for happened in [true, false] {
      let world = try EngineWorld()
      try world.live { (engine) async throws -> Void in
        await world.shelf.fail(.commit, .transient(.timeout, "no answer"), afterEffect: happened)
        // The first two looks are those before the upload and before the commit.
        try await world.apply(engine, [EngineWorld.spec()])
        while await world.shelf.calls[.commit] != 1 { try await world.pass(.milliseconds(10)) }
        _ = await engine.cancel(Self.id, by: nil)
        if !happened {
          try await world.pass(.seconds(20))
          #expect(await world.shelf.calls[.abandon] == nil)
          #expect(await world.store.job(Self.id)?.machine.state.word == .cancelling)
        }
        try await rest(world)
        #expect(await world.store.job(Self.id)?.machine.state.word == (happened ? .done : .cancelled))
        #expect(await world.shelf.calls[.abandon] == (happened ? nil : 1))
        #expect(await world.shelf.openUploads.isEmpty)
      }
    }
  }

  @Test func `an upload is freed though nobody heard that it was opened`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.fail(.open, .transient(.timeout, "no answer"), afterEffect: true)
      try await world.apply(engine, [EngineWorld.spec()])
      while await world.shelf.calls[.open] != 1 { try await world.pass(.milliseconds(10)) }
      let begun = world.time.monotonic
      _ = await engine.cancel(Self.id, by: nil)
      #expect(await world.store.job(Self.id)?.machine.state.word == .cancelled)
      try await rest(world)
      #expect(await world.shelf.openUploads.isEmpty)
      #expect(world.time.monotonic - begun >= .seconds(30), "who was asked may still be at it")
    }
  }

  @Test func `an opening that was certainly refused leaves nothing to free`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.fail(.open, Self.away, times: .max)
      try await world.apply(engine, [EngineWorld.spec()])
      while await world.shelf.calls[.open, default: 0] < 3 { try await world.pass(.milliseconds(10)) }
      _ = await engine.cancel(Self.id, by: nil)
      #expect(await world.store.job(Self.id)?.machine.isAtRest == true)
    }
  }

  @Test func `what can't be freed for a week is told, with its name`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.fail(.abandon, Self.away, times: .max)
      _ = await engine.cancel(Self.id, by: nil)
      let begun = world.time.monotonic
      try await rest(world, step: .seconds(3600))
      #expect(world.time.monotonic - begun >= Leftover.giveUpAfter)
      let told = await world.store.events(after: 0, job: Self.id, limit: 10_000).last?.transition
      #expect(told?.reason == .uploadLeft)
      #expect(told?.message?.contains("upload-1") == true)
      #expect(told?.message?.contains("connection refused") == true)
      #expect(told?.from == .cancelled && told?.to == .cancelled)
    }
  }

  @Test func `a registry that can't free anything is believed at once`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await stuck(engine, world)
      await world.shelf.fail(.abandon, .permanent(.unsupported, "there is no such call"), times: .max)
      _ = await engine.cancel(Self.id, by: nil)
      try await rest(world)
      #expect(await world.shelf.calls[.abandon] == 1)
      #expect(await reasons(world).contains(.uploadLeft))
    }
  }

  @Test func `forgetting frees what it can and says what it leaves`() throws {
    for isAway in [true, false] {
      let world = try EngineWorld()
      try world.live { (engine) async throws -> Void in
        try await stuck(engine, world)
        await world.shelf.fail(.abandon, Self.away, times: isAway ? .max : 1)
        _ = await engine.cancel(Self.id, by: nil)
        while await world.shelf.calls[.abandon, default: 0] < 1 { try await world.pass(.milliseconds(10)) }
        let record = try #require(await world.store.job(Self.id))
        let left = try await engine.forget(record)
        #expect(await world.store.job(Self.id) == nil)
        #expect(await world.shelf.openUploads.isEmpty == !isAway)
        #expect(left.count == (isAway ? 1 : 0))
        #expect(left.allSatisfy { $0.contains("upload-1") && $0.contains("shelf") })
      }
    }
  }
}
