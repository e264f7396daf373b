import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct SpecPlanTests {
  @Test func `applying an unchanged spec does nothing`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec()])
      let plan = try await engine.plan([EngineWorld.spec()])
      #expect(plan.new.isEmpty && plan.refused.isEmpty)
      #expect(plan.unchanged == [JobID("hat@1")])
    }
  }

  @Test func `a changed identity under an old version is refused with its difference`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec()])
      let plan = try await engine.plan([EngineWorld.spec(train: ["x": 2]), EngineWorld.spec("other")])
      #expect(plan.refused.first?.differences == ["train.x: 1 -> 2"])
      #expect(plan.new.map(\.id) == [JobID("other@1")], "the other specs start")
    }
  }

  @Test func `auto gives a changed identity the next version and an unchanged one none`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec(version: .auto)])
      #expect(try await engine.plan([EngineWorld.spec(version: .auto)]).unchanged == [JobID("hat@1")])
      try await world.apply(engine, [EngineWorld.spec(version: .auto, train: ["x": 2])])
      #expect(try await engine.plan([EngineWorld.spec(version: .auto, train: ["x": 2])]).unchanged == [JobID("hat@2")])
      #expect(
        try await engine.plan([EngineWorld.spec(version: .auto, train: ["x": 3])]).new.map(\.id) == [JobID("hat@3")])
    }
  }

  @Test func `a change of publish applies to the live job`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.setAutomatic([.running])
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1", for: [.running])
      try await world.apply(engine, [EngineWorld.spec(publish: ["shelf", "other"])])
      await world.platform.set("remote-1", .succeeded)
      try await world.wait("hat@1")
      #expect(await world.other.versions.count == 1)
    }
  }

  @Test func `two jobs with one model version on one connection are refused`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      var twin = EngineWorld.spec("twin")
      twin.modelName = "hat"
      let plan = try await engine.plan([EngineWorld.spec(), twin])
      #expect(plan.new.map(\.id) == [JobID("hat@1")])
      #expect(plan.refused.map(\.id) == [JobID("twin@1")])
    }
  }

  @Test func `a pruned job is never trained again while its spec is there`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      try await world.apply(engine, [EngineWorld.spec()])
      try await world.wait("hat@1")
      try await world.pass(.seconds(100 * 86_400))
      try await engine.sweepHistory(Retention(), specs: { ["hat"] })
      #expect(await world.store.job(JobID("hat@1")) == nil)
      #expect(try await engine.plan([EngineWorld.spec()]).unchanged == [JobID("hat@1")])
    }
  }

  @Test func `a manual spec starts only when it is asked for`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      let spec = EngineWorld.spec(start: .manual)
      #expect(try await engine.plan([spec]).manual == ["hat"])
      #expect(try await engine.plan([spec], isExplicit: true).new.count == 1)
    }
  }
}
