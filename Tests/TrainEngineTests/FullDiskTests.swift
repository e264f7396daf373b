import Testing
import TrainCore
import TrainEngine
import TrainTestKit

@Suite struct FullDiskTests {
  private static let full = Fault.transient(.diskFull, "no space", effect: .none)

  @Test func `an artifact that does not fit keeps nobody waiting once it is wanted no more`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await world.platform.fail(.fetch, Self.full, times: .max)
      try await world.apply(engine, [EngineWorld.spec("large")])
      while await engine.health.spoolFault == nil { try await world.pass(.milliseconds(100)) }
      try await world.apply(engine, [EngineWorld.spec("small")])
      try await world.pass(.seconds(60))
      #expect(await world.store.job(JobID("small@1"))?.machine.state.word == .queued)
      await world.platform.recover()
      _ = await engine.cancel(JobID("large@1"), by: nil)
      #expect(try await world.wait("small@1")?.machine.state.word == .done)
      #expect(await engine.health.spoolFault == nil)
    }
  }

  @Test func `while space is short nothing new is taken in or begun, and what runs goes on`() throws {
    let world = try EngineWorld(maxRunning: 1)
    try world.live { (engine) async throws -> Void in
      await world.platform.setAutomatic([.running])
      try await world.apply(engine, [EngineWorld.spec("first"), EngineWorld.spec("second")])
      try await world.wait("first@1", for: [.running])
      await world.space.set(Self.full)
      #expect(await engine.checkSpace())
      await #expect(throws: Fault.self) {
        () async throws -> Void in try await world.apply(engine, [EngineWorld.spec("third")])
      }
      #expect(await world.store.job(JobID("third@1")) == nil)
      await world.platform.set("remote-1", .succeeded)
      #expect(try await world.wait("first@1")?.machine.state.word == .done)
      try await world.pass(.seconds(60))
      #expect(await world.store.job(JobID("second@1"))?.machine.state.word == .queued)
      await world.platform.setAutomatic([.running, .succeeded])
      await world.space.set(nil)
      #expect(await !engine.checkSpace())
      #expect(try await world.wait("second@1")?.machine.state.word == .done)
    }
  }

  @Test func `an engine that starts on a full disk begins nothing`() throws {
    let world = try EngineWorld()
    try world.live { (engine) async throws -> Void in
      await engine.drain(true)
      try await world.apply(engine, [EngineWorld.spec()])
    }
    try world.live(space: Self.full) { (engine) async throws -> Void in
      try await world.pass(.seconds(60))
      #expect(await world.store.job(JobID("hat@1"))?.machine.state.word == .queued)
      await world.space.set(nil)
      await engine.checkSpace()
      #expect(try await world.wait("hat@1")?.machine.state.word == .done)
    }
  }
}
