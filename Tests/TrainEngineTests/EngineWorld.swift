import Foundation
import Logging
import TrainCore
import TrainEngine
import TrainTestKit

/// A daemon's engine in a simulated world. Everything but the engine outlives it: it can be killed and started again.
final class EngineWorld: Sendable {
  let world: SimulatedWorld
  let time: SimulatedTime
  let store = MemoryStore()
  let platform = ScriptedPlatform()
  let shelf = ScriptedShelf()
  let other = ScriptedShelf()
  let space = Space()
  let directory: String
  let settings: EngineSettings
  let maxRunning: Int?

  init(seed: UInt64 = 1, settings: EngineSettings = EngineSettings(), maxRunning: Int? = nil) throws {
    world = SimulatedWorld(seed: seed)
    time = SimulatedTime(world)
    directory = NSTemporaryDirectory() + "traind-engine-\(UUID().uuidString)"
    self.settings = settings
    self.maxRunning = maxRunning
  }

  /// What the store's disk says of itself.
  actor Space {
    private(set) var fault: Fault?
    func set(_ fault: Fault?) { self.fault = fault }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Somebody removes what lies in the spool.
  func loseSpool() {
    let spool = directory + "/spool"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? [] {
      try? FileManager.default.removeItem(atPath: "\(spool)/\(name)")
    }
  }

  func makeEngine() async throws -> Engine {
    let retry = settings.retry
    return Engine(
      EngineParts(
        settings: settings, store: store, time: time,
        spool: try Spool(root: directory + "/spool", quota: nil, executor: SimulatedSerial(world)),
        logs: try RunLog(root: directory + "/logs", executor: SimulatedSerial(world)),
        providers: [
          ProviderConnection(
            name: "far", provider: ScriptedProvider(platform, time: time), maxRunning: maxRunning,
            settle: .seconds(30), retry: retry, time: time)
        ],
        registries: [
          RegistryConnection(
            name: "shelf", registry: ScriptedRegistry(shelf), settle: .seconds(30), concurrent: 4, retry: retry,
            time: time),
          RegistryConnection(
            name: "other", registry: ScriptedRegistry(other), settle: .seconds(30), concurrent: 4, retry: retry,
            time: time),
        ], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, space: { [space] in await space.fault }))
  }

  static func spec(
    _ name: String = "hat", version: JobSpec.VersionRule = .fixed("1"), train: JSON = ["x": 1],
    publish: [String] = ["shelf"], alias: String? = nil, attempts: Int? = nil, limits: JobSpec.Limits = .init(),
    start: JobSpec.Start = .apply
  ) -> JobSpec {
    JobSpec(
      name: name, provider: "far", modelName: name, version: version, train: train,
      publish: publish.map { .init(registry: $0, alias: alias) }, attempts: attempts, limits: limits, start: start,
      written: ["provider": "far", "model": ["name": .string(name)], "train": train])
  }

  /// Runs a scenario with one engine; when it returns, the engine is stopped where it stands.
  func live<Answer: Sendable>(
    space: Fault? = nil, _ scenario: @escaping @Sendable (Engine) async throws -> Answer
  ) throws -> Answer {
    try world.run {
      await self.space.set(space)
      let engine = try await self.makeEngine()
      try await engine.start()
      let service = Task { await engine.run() }
      defer { service.cancel() }
      let answer = try await scenario(engine)
      await engine.stop()
      return answer
    }
  }

  func apply(_ engine: Engine, _ specs: [JobSpec]) async throws {
    let plan = try await engine.plan(specs)
    _ = try await engine.carryOut(plan, by: nil)
  }

  /// Lets virtual time pass until the job is in one of the states; gives up after a virtual day.
  @discardableResult
  func wait(
    _ id: String, for words: Set<JobState.Word> = [.done, .failed, .cancelled], atMost: Duration = .seconds(86_400)
  ) async throws -> JobRecord? {
    let deadline = time.monotonic + atMost
    while time.monotonic < deadline {
      if let record = await store.job(JobID(id)), words.contains(record.machine.state.word) { return record }
      try await time.sleep(until: time.monotonic + .milliseconds(100))
    }
    return await store.job(JobID(id))
  }

  func pass(_ duration: Duration) async throws { try await time.sleep(until: time.monotonic + duration) }
}
