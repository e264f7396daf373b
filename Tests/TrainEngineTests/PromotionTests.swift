import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct PromotionTests {
  static let id = JobID("hat@1")

  @Test func `an alias moves once the version is verified, and what it replaced is recorded`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "production", at: "version-0")
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      let record = try #require(try await world.wait("hat@1"))
      #expect(record.machine.state.word == .done)
      #expect(await world.shelf.aliases == ["production": "version-1"])
      let promotion = try #require(record.machine.publication(for: "shelf")?.promotion)
      #expect(promotion.alias == "production" && promotion.refusal == nil)
      #expect(promotion.replaced?.id == "version-0" && promotion.target?.id == "version-1")
    }
  }

  @Test func `a lost answer to a move is looked at, and the alias is not moved twice`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "production", at: "version-0")
      await world.shelf.fail(.point, .transient(.timeout, "no answer"), afterEffect: true)
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      let record = try #require(try await world.wait("hat@1"))
      #expect(record.machine.state.word == .done)
      #expect(await world.shelf.calls[.point] == 1)
      #expect(record.machine.publication(for: "shelf")?.promotion?.replaced?.id == "version-0")
    }
  }

  @Test func `an alias that somebody else moved meanwhile is left where it is`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "production", at: "version-0")
      await world.shelf.fail(.point, .transient(.unavailable, "503"))
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      while await world.shelf.calls[.point] != 1 { try await world.pass(.milliseconds(20)) }
      await world.shelf.plant(alias: "production", at: "theirs")
      let record = try #require(try await world.wait("hat@1"))
      #expect(record.machine.state.word == .done, "training and publishing went well")
      #expect(await world.shelf.aliases == ["production": "theirs"])
      #expect(record.machine.publication(for: "shelf")?.promotion?.refusal?.contains("theirs") == true)
      let reasons = await world.store.events(after: 0, job: Self.id, limit: 100).map(\.transition.reason)
      #expect(reasons.contains(.promotionRefused))
    }
  }

  @Test func `a restart in the middle of a move goes on with what was decided`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "production", at: "version-0")
      await world.shelf.fail(.point, .transient(.unavailable, "503"))
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      while await world.shelf.calls[.point] != 1 { try await world.pass(.milliseconds(20)) }
    }
    try world.live { (engine) async throws -> Void in
      let record = try #require(try await world.wait("hat@1"))
      #expect(record.machine.state.word == .done)
      #expect(record.machine.publication(for: "shelf")?.promotion?.replaced?.id == "version-0")
      #expect(await world.shelf.aliases == ["production": "version-1"])
    }
  }

  @Test func `a job that is done is promoted by hand, put back, and stays done without its bytes`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "staging", at: "version-0")
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1")
      try await engine.sweepSpool(Retention())
      let verified = await world.shelf.calls[.verify]
      guard case .changed = await engine.promote(Self.id, registry: nil, alias: "staging", by: nil) else {
        Issue.record("not promoted")
        return
      }
      try await settle(world)
      #expect(await world.shelf.aliases == ["staging": "version-1"])
      #expect(await world.shelf.calls[.verify] == (verified ?? 0) + 1, "verified once more before the move")
      guard case .changed = await engine.demote(Self.id, registry: nil, by: nil) else {
        Issue.record("not put back")
        return
      }
      try await settle(world)
      #expect(await world.shelf.aliases == ["staging": "version-0"])
      let record = await world.store.job(Self.id)
      #expect(record?.machine.state.word == .done && record?.machine.isAtRest == true)
      #expect(await world.platform.jobs.count == 1)
      guard case .unchanged = await engine.demote(Self.id, registry: nil, by: nil) else {
        Issue.record("put back twice")
        return
      }
    }
  }

  @Test func `an alias that is moved twice to the same version can still be put back`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.shelf.plant(alias: "production", at: "version-0")
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      try await world.wait("hat@1")
      _ = await engine.promote(Self.id, registry: nil, alias: nil, by: nil)
      try await settle(world)
      _ = await engine.demote(Self.id, registry: nil, by: nil)
      try await settle(world)
      #expect(await world.shelf.aliases == ["production": "version-0"])
    }
  }

  @Test func `an alias that was not there is taken away again`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec(alias: "production")])
      try await world.wait("hat@1")
      #expect(await world.shelf.aliases == ["production": "version-1"])
      _ = await engine.demote(Self.id, registry: "shelf", by: nil)
      try await settle(world)
      #expect(await world.shelf.aliases.isEmpty)
    }
  }

  private func settle(_ world: EngineWorld) async throws {
    while await world.store.job(Self.id)?.machine.isAtRest != true { try await world.pass(.milliseconds(20)) }
  }
}
