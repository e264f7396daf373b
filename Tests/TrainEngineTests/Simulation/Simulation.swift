import Foundation
import Logging
import Synchronization
import TrainCore
import TrainEngine
import TrainTestKit

/// A few jobs, several lives of a daemon, and a storm over all of it; then calm. What it came to is judged by
/// ``SimulationVerdict``.
final class Simulation: Sendable {
  /// What an operator was told.
  struct Answer: Sendable {
    var job: JobID
    var verb: String
    var result: OperationResult
    /// The last event that was stored by then.
    var sequence: Int64
  }

  struct Notes: Sendable {
    var accepted: Set<JobID> = []
    var answers: [Answer] = []
    var lives = 0
    /// Events that were stored.
    var events: Int64 = 0
    var isSettled = false
    var waited = Duration.zero
  }

  static let actor = Operator(uid: 0, user: "root")

  let seed: UInt64
  let world: SimulatedWorld
  let time: SimulatedTime
  let storm: SimulatedStorm
  let store = MemoryStore()
  let far: SimulatedPlatform
  let shelves: [String: SimulatedShelf]
  let ledger: SimulatedLedger
  let specs: [JobSpec]
  let maxRunning: Int?
  let settings: EngineSettings
  let notes = Mutex(Notes())
  /// The daemon's wall clock jumps.
  let jumps: Bool
  private let directory: String

  init(seed: UInt64, isTraced: Bool = false) {
    self.seed = seed
    world = SimulatedWorld(seed: seed)
    time = SimulatedTime(world)
    storm = SimulatedStorm(seed: seed, time: time, isTraced: isTraced)
    let (storm, world) = (storm, world)
    far = SimulatedPlatform(
      seed: seed, world: world, lag: storm.duration(0..<20_000), isKeyed: storm.chance(40))
    shelves = [
      "shelf": SimulatedShelf(world: world, lag: storm.duration(0..<20_000), isKeyed: false, listsUploads: false),
      "other": SimulatedShelf(world: world, lag: .zero, isKeyed: true, listsUploads: true),
    ]
    ledger = SimulatedLedger(store)
    specs = (0..<storm.pick(5..<11)).map { Self.spec($0, storm) }
    maxRunning = [nil, 1, 2, 3][storm.pick(0..<4)]
    settings = EngineSettings(
      retry: RetryPolicy(attempts: 2, first: .seconds(5), most: .seconds([30, 600][storm.pick(0..<2)])))
    jumps = storm.chance(30)
    directory = "\(Self.root)/traind-simulation-\(UUID().uuidString)"
  }

  /// In memory where there is such a place: nothing here has to outlive a real power cut, and time is not to be lost
  /// on fsync.
  private static let root: String = {
    let memory = "/dev/shm"
    return FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
  }()

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private static func spec(_ number: Int, _ storm: SimulatedStorm) -> JobSpec {
    let name = "j\(number)"
    let train: JSON = ["x": .int(Int64(number)), "refused": .bool(storm.chance(4))]
    let registries = [["shelf"], ["shelf", "other"], ["other"], []][storm.pick(0..<4)]
    let limits = JobSpec.Limits(
      queue: storm.chance(15) ? .seconds(3600) : nil, run: storm.chance(15) ? .seconds(600) : nil, stop: .seconds(60))
    return JobSpec(
      name: name, provider: "far", modelName: name, version: .fixed("1"), train: train,
      publish: registries.map { .init(registry: $0) }, attempts: storm.pick(1..<4), limits: limits,
      written: ["provider": "far", "model": ["name": .string(name)], "train": train])
  }

  // MARK: Running it

  struct Stuck: Error, CustomStringConvertible {
    var description: String
  }

  /// Runs it to its end on this thread.
  func run() throws {
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    Task(executorPreference: world) {
      do {
        try await self.live()
        outcome.withLock { $0 = .success(()) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
    }
    var steps = 0
    let isDone = world.run {
      steps += 1
      return steps > 3_000_000 || outcome.withLock { $0 != nil }
    }
    guard let result = outcome.withLock({ $0 }) else {
      throw Stuck(description: isDone ? "it spins: time does not move" : "it waits for something that never comes")
    }
    try result.get()
  }

  private func live() async throws {
    if far.isKeyed { await far.platform.recogniseKeys() }
    for shelf in shelves.values where shelf.isKeyed { await shelf.shelf.recogniseKeys() }
    let lives = storm.pick(2..<7)
    for _ in 1...lives {
      try await stormyLife()
      if storm.chance(60) { try await pass(storm.duration(0..<120_000)) }
      if jumps, storm.chance(50) { jump() }
    }
    storm.end()
    storm.tell("the storm is over")
    try await calmLife()
  }

  /// One process: an engine, and after each reload another.
  private func stormyLife() async throws {
    let isCounted = storm.chance(60)
    let life = SimulatedLife(steps: isCounted ? storm.pick(1..<160) : nil)
    notes.withLock { $0.lives += 1 }
    storm.tell("a life begins\(isCounted ? ", and ends at a boundary" : "")")
    repeat {
      guard let engine = try? await start(life) else { break }
      try await stormyTime(of: engine, life)
    } while !life.isOver && storm.chance(50)
    if life.isOver { storm.note(.death) }
    life.end()
    if storm.chance(50) { try SimulatedPowerCut(storm).strike(directory + "/spool") }
  }

  private func stormyTime(of engine: Engine, _ life: SimulatedLife) async throws {
    let end = time.monotonic + storm.duration(1000..<1_500_000)
    let service = Task { await engine.run() }
    let operators = Task { await self.operate(engine, life, until: end) }
    while time.monotonic < end, !life.isOver {
      try await pass(min(.seconds(3), end - time.monotonic))
      if jumps, storm.chance(1) { jump() }
      try await forgetOne()
    }
    // It reloads or is asked to stop, or is dead where it stands.
    if storm.chance(50) { life.end() }
    storm.tell(life.isOver ? "it is dead" : "the engine is asked to stop")
    if storm.chance(50) { service.cancel() }
    await engine.stop()
    storm.tell("the engine has stopped")
    service.cancel()
    operators.cancel()
    await service.value
    await operators.value
  }

  /// Where the far side goes by lookup: one that knows our keys would take a copy that comes late for a new job.
  private func forgetOne() async throws {
    guard !far.isKeyed, storm.strikes(.forgotten, oneIn: 400) else { return }
    let live = await far.platform.jobs.filter {
      [.pending, .running, .stopping].contains($0.phase) && !far.isForgotten($0.id)
    }
    guard !live.isEmpty else { return }
    let id = live[storm.pick(0..<live.count)].id
    storm.tell("the platform loses \(id)")
    await far.forget(id)
  }

  private func calmLife() async throws {
    let life = SimulatedLife(steps: nil)
    notes.withLock { $0.lives += 1 }
    let engine = try await start(life)
    let service = Task { await engine.run() }
    let begun = time.monotonic
    while time.monotonic < begun + .seconds(3 * 86_400) {
      if await isSettled() { break }
      try await pass(.seconds(30))
    }
    let (isSettled, waited) = (await isSettled(), time.monotonic - begun)
    let events = await store.lastSequence()
    notes.withLock {
      $0.events = events
      $0.isSettled = isSettled
      $0.waited = waited
    }
    await engine.stop()
    life.end()
    service.cancel()
    await service.value
  }

  /// Every job has ended, with its output kept and nothing left to free, or is held by name and reason.
  private func isSettled() async -> Bool {
    await store.jobs(JobQuery()).allSatisfy { record in
      let machine = record.machine
      if case .queued = machine.state, machine.hold != nil { return machine.logsOwed.isEmpty }
      return machine.state.isTerminal && machine.logsOwed.isEmpty && machine.leftoversOwed.isEmpty
    }
  }

  private func start(_ life: SimulatedLife) async throws -> Engine {
    let engine = Engine(try parts(life))
    do throws(Fault) { try await engine.start() } catch {
      life.end()
      await engine.stop()
      throw error
    }
    let retention = Retention()
    let names = Set(specs.map(\.name))
    try? await engine.sweepSpool(retention)
    try? await engine.sweepHistory(retention, specs: { names })
    return try await applied(engine, life)
  }

  /// What a daemon does when it comes up; an operator may be quicker than the answer.
  private func applied(_ engine: Engine, _ life: SimulatedLife) async throws -> Engine {
    let hasty = storm.chance(30) ? Task { await self.cancelAtOnce(engine, life) } : nil
    while !life.isOver {
      do throws(Fault) {
        let accepted = try await engine.carryOut(try await engine.plan(specs), by: nil)
        if !life.isOver { notes.withLock { $0.accepted.formUnion(accepted.map(\.id)) } }
        break
      } catch {
        storm.tell("apply: \(error)")
        try await pass(.seconds(20))
      }
    }
    await hasty?.value
    return engine
  }

  private func cancelAtOnce(_ engine: Engine, _ life: SimulatedLife) async {
    let job = JobID(spec: specs[storm.pick(0..<specs.count)].name, version: "1")
    // Each look is a hop that others may come between; Task.yield would leave the simulation.
    for _ in 0..<40 {
      if await store.job(job) != nil {
        await ask(engine, life, "cancel", job)
        return
      }
    }
  }

  private func parts(_ life: SimulatedLife) throws -> EngineParts {
    let retry = settings.retry
    let provider = ProviderConnection(
      name: "far",
      provider: SimulatedProvider(
        far: far, call: SimulatedCall(name: "far", storm: storm, life: life), ledger: ledger),
      maxRunning: maxRunning, settle: .seconds(30), retry: retry, time: time)
    let registries = shelves.sorted { $0.key < $1.key }.map { name, shelf in
      RegistryConnection(
        name: name,
        registry: SimulatedRegistry(
          name: name, far: shelf, call: SimulatedCall(name: name, storm: storm, life: life), ledger: ledger),
        settle: .seconds(30), concurrent: 4, retry: retry, time: time)
    }
    storm.engineBegins()
    // Too little for all; what stays there is let go once it is published, or with the next configuration.
    let quota: Int64? = storm.strikes(.spoolFull, oneIn: 5) ? Int64(storm.pick(0..<120)) : nil
    return EngineParts(
      settings: settings, store: SimulatedStore(inner: store, storm: storm, life: life, ledger: ledger),
      time: time,
      spool: try Spool(root: directory + "/spool", quota: quota, executor: SimulatedSerial(world)),
      logs: try RunLog(root: directory + "/logs", executor: SimulatedSerial(world)), providers: [provider],
      registries: registries, logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() },
      onFatal: { _ in life.end() })
  }

  // MARK: Operators

  private func operate(_ engine: Engine, _ life: SimulatedLife, until end: Duration) async {
    while !Task.isCancelled, !life.isOver, time.monotonic < end {
      guard (try? await pass(storm.duration(500..<300_000))) != nil else { return }
      let job = JobID(spec: specs[storm.pick(0..<specs.count)].name, version: "1")
      let verbs = ["cancel", "cancel", "cancel", "retry", "retry", "hold", "release", "adopt", "publish", "give-up"]
      await ask(engine, life, verbs[storm.pick(0..<verbs.count)], job)
    }
  }

  private func ask(_ engine: Engine, _ life: SimulatedLife, _ verb: String, _ job: JobID) async {
    let result: OperationResult
    switch verb {
    case "cancel": result = await engine.cancel(job, by: Self.actor)
    case "retry": result = await engine.retry(job, by: Self.actor)
    case "hold": result = await engine.hold(job, by: Self.actor)
    case "release": result = await engine.release(job, adopt: false, by: Self.actor)
    case "adopt": result = await engine.release(job, adopt: true, by: Self.actor)
    case "publish": result = await engine.publish(job, registry: nil, by: Self.actor)
    default: result = await engine.giveUp(job, registry: "shelf", by: Self.actor)
    }
    // A dead process told nobody.
    guard !life.isOver else { return }
    let answer = Answer(job: job, verb: verb, result: result, sequence: await store.lastSequence())
    notes.withLock { $0.answers.append(answer) }
    storm.tell("operator: \(verb) \(job): \(answer.words)")
  }

  private func jump() {
    let by: [Duration] = [.seconds(3600), .seconds(-3600), .seconds(10 * 365 * 86_400), .seconds(-10 * 365 * 86_400)]
    let chosen = by[storm.pick(0..<4)]
    storm.note(.jump)
    storm.tell("the wall clock jumps by \(chosen)")
    world.wallOffset += chosen
  }

  private func pass(_ duration: Duration) async throws { try await time.sleep(until: time.monotonic + duration) }
}

extension Simulation.Answer {
  var words: String {
    switch result {
    case .noSuchJob: "no such job"
    case .unchanged(let record): "unchanged, it is \(record.machine.state.word.rawValue)"
    case .failed(let fault): "failed: \(fault.code.rawValue)"
    case .changed(let record): "changed, it is \(record.machine.state.word.rawValue)"
    }
  }
}
