import Foundation
import Glibc
import Synchronization
import TrainControl
import TrainCore
import TrainTestKit

/// One daemon with many jobs on this machine and on Viam, some of them published in two registries, killed at random moments until all has been survived.
struct KillLoop: Sendable {
  static let jobs = 200
  var seed: UInt64
  var kills: Int

  struct Report: Sendable {
    var kills = 0
    var runnerKills = 0
    var jobs = 0
    var cancels = 0
    var submissions = 0
    var versions = 0
    var resent = 0
    var bytes = 0
    var seconds = 0.0
    var violations: [String] = []
  }

  func run() async throws -> Report {
    let far = FarRegistries(time: RealTime())
    return try await far.serve { addresses in
      try await RemoteWorld.serve { viam, synapse, endpoints in try await run(far, addresses, viam, synapse, endpoints)
      }
    }
  }

  private func run(
    _ far: FarRegistries, _ addresses: [String: String], _ viam: FakeViam, _ synapse: SynapseServer,
    _ endpoints: RemoteWorld.Endpoints
  ) async throws -> Report {
    try await RealDaemon.with(config: "") { daemon in
      try daemon.write(
        config: Quick.config + "providers:\n" + LocalWorld.providers + RemoteWorld.providers(endpoints.viam)
          + "    max_running: 20\nregistries:\n" + LocalWorld.registries(daemon.root)
          + RemoteWorld.registries(endpoints.synapse) + FarRegistries.connections(addresses, settle: "300ms"))
      // One in twenty is sent in two parts.
      let remote = RemoteWorld(daemon: daemon, viam: viam, synapse: synapse) { name in
        name.hasSuffix("7") && name.hasPrefix("slow-1") ? 1_300_000 : 20_000
      }
      return try await remote.turning {
        var life = KillLife(
          loop: self, daemon: daemon, remote: remote, local: LocalWorld(daemon: daemon),
          fannedOut: FanOutWorld(daemon: daemon, far: far, names: ["bucket", "images", "shelf"], copies: 1))
        return try await life.run()
      }
    }
  }
}

/// All lives of the daemon of one loop.
private struct KillLife {
  let loop: KillLoop
  let daemon: RealDaemon
  let remote: RemoteWorld
  let local: LocalWorld
  /// A share of the local ones is published in three registries.
  let fannedOut: FanOutWorld
  private var random: SplitMix
  private var names: [String] = []
  /// Jobs that somebody asked to cancel; of some the answer was lost.
  private var requested: Set<String> = []
  /// Cancels that were taken.
  private var acknowledged: Set<String> = []
  private var report = KillLoop.Report()

  init(loop: KillLoop, daemon: RealDaemon, remote: RemoteWorld, local: LocalWorld, fannedOut: FanOutWorld) {
    self.loop = loop
    self.daemon = daemon
    self.remote = remote
    self.local = local
    self.fannedOut = fannedOut
    random = SplitMix(state: loop.seed)
  }

  mutating func run() async throws -> KillLoop.Report {
    let began = ContinuousClock.now
    while report.kills < loop.kills {
      try addJobs()
      // New jobs as soon as all have ended, until the kills are done.
      while report.kills < loop.kills, try await !oneLife() {}
    }
    try await daemon.start(environment: RemoteWorld.environment)
    try await end(within: .seconds(300))
    report.jobs = names.count
    try await check()
    report.seconds = Double((ContinuousClock.now - began).components.seconds)
    return report
  }

  private mutating func addJobs() throws {
    for _ in 0..<KillLoop.jobs {
      // The end of the name is how long it trains.
      let name = "slow-\(names.count)-\(random.next(40))"
      let world = world(of: names.count)
      try daemon.write(spec: name, world.spec(name, isHeld: false))
      names.append(name)
    }
  }

  private func world(of index: Int) -> any CrashWorld {
    if index.isMultiple(of: 2) { return remote }
    return index % 4 == 1 ? local : fannedOut
  }

  /// Starts the daemon and kills it at some moment. Returns whether all jobs had ended.
  private mutating func oneLife() async throws -> Bool {
    try daemon.launch(environment: RemoteWorld.environment)
    let moment = ContinuousClock.now + .milliseconds(50 + random.next(1950))
    var hasEnded = false
    if random.next(4) == 0 { try await killRunner(before: moment) }
    if random.next(2) == 0 { await cancelOne(before: moment) }
    if report.kills.isMultiple(of: 10), let jobs = try? await daemon.jobs() {
      hasEnded = jobs.count == names.count && jobs.allSatisfy(\.state.isTerminal)
    }
    try await Task.sleep(until: moment)
    let exit = try await daemon.kill()
    if exit != .signal(SIGKILL) { report.violations.append("it ended by itself, with \(exit)") }
    report.kills += 1
    return hasEnded
  }

  /// Its jobs go on, and the next one finds them.
  private mutating func killRunner(before moment: ContinuousClock.Instant) async throws {
    let directory = "\(daemon.stateDirectory)/runner"
    // Not the shims, whose directories are in its own.
    func candidates() -> [Int32] { ProcessTable.mentioning("--directory \(directory)") }
    let seen = try? await Patience.wait(for: "a runner", within: moment - .now) { () -> [Int32]? in
      let found = candidates()
      return found.isEmpty ? nil : found
    }
    try await Task.sleep(for: .milliseconds(100 + random.next(200)))
    // A shim on its way to its own program looks like the runner for a moment, and has another name by now.
    guard let runner = candidates().first(where: { seen?.contains($0) == true }) else { return }
    if Glibc.kill(runner, SIGKILL) == 0 { report.runnerKills += 1 }
  }

  /// One of the jobs, if the daemon answers before it dies.
  private mutating func cancelOne(before moment: ContinuousClock.Instant) async {
    let name = names[names.count - 1 - random.next(KillLoop.jobs)]
    requested.insert(name)
    let taken: Void? = try? await Patience.wait(for: "an answer", within: moment - .now) { () -> Void? in
      // Also refused: it has ended, or is not known yet.
      do { try await daemon.cancel(JobID("\(name)@1")) } catch let error as ControlError {
        if error.kind == .unreachable { return nil }
        throw error
      }
      return ()
    }
    guard taken != nil else { return }
    acknowledged.insert(name)
    report.cancels += 1
  }

  private func end(within limit: Duration) async throws {
    let count = names.count
    try await Patience.wait(for: "all jobs to end", within: limit, every: .milliseconds(300)) { () -> Void? in
      if let exit = daemon.exit { throw RealDaemon.Died(exit: exit, log: String(daemon.log.suffix(2000))) }
      let jobs = try await daemon.jobs()
      return jobs.count == count && jobs.allSatisfy(\.state.isTerminal) ? () : nil
    }
  }

  private mutating func check() async throws {
    let views = Dictionary(uniqueKeysWithValues: try await daemon.jobs().map { ($0.id.description, $0) })
    for (index, name) in names.enumerated() {
      guard let view = views["\(name)@1"] else {
        report.violations.append("\(name) is lost")
        continue
      }
      let world = world(of: index)
      let trainings = try await world.trainings(of: name)
      let versions = try await world.versions(of: name)
      report.submissions += trainings
      report.versions += versions.count
      var wrong = Story.problems(try await daemon.events(of: view.id), end: view.state)
      if trainings > 1 { wrong.append("trained \(trainings) times") }
      if versions.count > world.registries { wrong.append("\(versions.count) versions") }
      let bytes = world.bytes(of: name)
      if versions.contains(where: { $0 != bytes }) { wrong.append("other bytes were published") }
      let committed = view.publications.count { $0.state == "committed" }
      switch view.state {
      case .done:
        if trainings != 1 || versions.count != world.registries {
          wrong.append("done with \(trainings) trainings and \(versions.count) versions")
        }
        if acknowledged.contains(name), view.reason != "completed-before-cancel" {
          wrong.append("done, though a cancel was taken: \(view.reason ?? "no reason")")
        }
      case .cancelled:
        if !requested.contains(name) { wrong.append("cancelled by nobody") }
        if versions.count != committed || committed == world.registries {
          wrong.append("cancelled, with \(versions.count) versions, \(committed) of them told")
        }
        if view.remoteID == nil, trainings > 0 { wrong.append("cancelled before it was submitted, and trained") }
      default: wrong.append("\(view.state.rawValue), \(view.reason ?? ""): \(view.message ?? "")")
      }
      report.violations += wrong.map { "\(name): \($0)" }
    }
    for world in [remote, fannedOut] as [any CrashWorld] {
      let resent = try await world.resent(names)
      report.resent += resent.bytes
      report.bytes += resent.of
    }
  }
}

/// SplitMix64: the same numbers for the same seed.
struct SplitMix: Sendable {
  var state: UInt64

  mutating func next(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }
}
