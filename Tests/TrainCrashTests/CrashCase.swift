import Foundation
import Glibc
import TrainControl
import TrainCore
import TrainTestKit

/// What is done while the daemon dies.
enum CrashScenario: String, CaseIterable, Sendable {
  /// A job is trained and published.
  case run
  /// A job that trains is cancelled.
  case cancel
  /// A job is done although what it produced is damaged on the way; then the daemon stops.
  case stop
  /// A job is done; then the platform is asked, the store is copied, the job is forgotten, and its spec removed.
  case housekeeping
  /// A job is cancelled in the middle of its upload, and what that left is freed.
  case withdraw
}

/// A place to die at.
struct CrashPlace: Hashable, Sendable, CustomStringConvertible {
  var point: CrashPoint
  var side: Boundary.Side
  var nth = 1

  var description: String { "\(point.rawValue):\(side.rawValue)\(nth == 1 ? "" : ":\(nth)")" }
  /// A process that its parent starts again: the daemon lives on.
  var isOfChild: Bool { description.hasPrefix("runner.") || description.hasPrefix("shim.") }
}

/// One daemon that dies at some places, is started again as often, and has to come to a good end.
struct CrashCase: Sendable, CustomStringConvertible {
  var pairing: CrashPairing
  var scenario: CrashScenario
  /// None = nobody dies, and it is only seen what is crossed.
  var places: [CrashPlace]

  var description: String {
    "\(pairing.rawValue), \(scenario.rawValue), \(places.map(\.description).joined(separator: " then "))"
  }

  struct Outcome: Sendable {
    /// Where somebody died.
    var died: Set<CrashPlace> = []
    var crossed: Set<CrashPlace> = []
    var violations: [String] = []
    var resent = 0
  }

  func run() async -> Outcome {
    do {
      return try await pairing.with { world in try await Life(test: self, world: world).run() }
    } catch {
      return Outcome(violations: ["\(self): \(error)"])
    }
  }

  /// Where a job's end may be that the training was lost: its shim is all that knows how it ended.
  var mayLose: Bool { places.contains { $0.description.hasPrefix("shim.") } }
}

/// The lives of one daemon.
private struct Life: Sendable {
  let test: CrashCase
  let world: any CrashWorld
  var daemon: RealDaemon { world.daemon }
  var name: String { test.scenario == .cancel ? "held-a" : "a" }
  var job: JobID { JobID("\(name)@1") }
  private var trace: String { "\(daemon.root)/trace" }
  private var mark: String { "\(daemon.root)/mark" }

  private var environment: [String: String] {
    var variables = RemoteWorld.environment
    variables["TRAIND_CRASH_AT"] = test.places.map(\.description).joined(separator: ",")
    variables["TRAIND_CRASH_MARK"] = mark
    variables["TRAIND_CRASH_TRACE"] = trace
    return variables
  }

  func run() async throws -> CrashCase.Outcome {
    try daemon.write(spec: name, world.spec(name, isHeld: test.scenario == .cancel))
    if test.scenario == .stop { world.disturb() }
    if test.scenario == .withdraw { try daemon.write(config: Quick.slowUploads, as: "slow") }
    try daemon.launch(environment: environment)
    var outcome = CrashCase.Outcome()
    do {
      switch test.scenario {
      case .run: try await finish()
      case .cancel: try await cancel()
      case .stop:
        try await finish()
        try await stopAndStart()
      case .housekeeping:
        try await finish()
        try await keepHouse()
      case .withdraw: try await withdraw()
      }
      outcome.violations = try await violations()
      outcome.resent = try await world.resent([name]).bytes
    } catch {
      outcome.violations = ["\(error)", String(daemon.log.suffix(3000))]
    }
    outcome.violations = outcome.violations.map { "\(test): \($0)" }
    outcome.crossed = crossed()
    outcome.died = Set(test.places.filter { access("\(mark)-\($0.point.rawValue)-\($0.side.rawValue)", F_OK) == 0 })
    return outcome
  }

  private func crossed() -> Set<CrashPlace> {
    var found: Set<CrashPlace> = []
    for line in Set(RealDaemon.text(of: trace).split(separator: "\n")) {
      let words = line.split(separator: ":").map(String.init)
      guard words.count == 2, let point = CrashPoint(rawValue: words[0]), let side = Boundary.Side(rawValue: words[1])
      else { continue }
      found.insert(CrashPlace(point: point, side: side))
    }
    return found
  }

  /// Asks until there is an answer; a daemon that died as it was told is started again.
  private func until<Answer>(
    _ what: String, within limit: Duration = .seconds(60), _ ask: () async throws -> Answer?
  ) async throws -> Answer {
    try await Patience.wait(for: what, within: limit, every: .milliseconds(20)) {
      if let exit = daemon.exit {
        guard exit == .status(137) else { throw RealDaemon.Died(exit: exit, log: daemon.log) }
        try daemon.launch(environment: environment)
      }
      do {
        return try await ask()
      } catch is ControlError {
        return nil
      }
    }
  }

  private func finish() async throws {
    try await until("\(job) to end") { () -> Void? in
      try await daemon.job(job).state.isTerminal ? () : nil
    }
  }

  private func cancel() async throws {
    try await until("\(job) to run") { () -> Void? in
      let state = try await daemon.job(job).state
      guard state == .running || state.isTerminal else { return nil }
      return try await world.trainings(of: name) > 0 ? () : nil
    }
    // An operator who was not told that it was taken asks again.
    try await until("the cancel to be taken") { () -> Void? in try await daemon.cancel(job) }
    try await finish()
  }

  private func withdraw() async throws {
    try await until("bytes of \(job) to be sent") { () -> Void? in
      let view = try await daemon.job(job)
      return view.state.isTerminal || view.publications.contains { $0.state == "uploading" } ? () : nil
    }
    try await until("the cancel to be taken") { () -> Void? in try await daemon.cancel(job) }
    try await finish()
    try await until("what was left to be freed") { () -> Void? in
      try await daemon.job(job).leftovers.isEmpty ? () : nil
    }
  }

  private func stopAndStart() async throws {
    daemon.send(SIGTERM)
    let exit = try await daemon.ended()
    guard exit == .status(0) || exit == .status(137) else { throw RealDaemon.Died(exit: exit, log: daemon.log) }
    try daemon.launch(environment: environment)
    try await finish()
  }

  private func keepHouse() async throws {
    try await until("a backup") { () -> Void? in
      try await daemon.post("/v1/backup")
      return ()
    }
    try await until("the platform's own list") { () -> Void? in
      try await daemon.get(ControlPath.platform(world.provider))
    }
    try await until("the job to be forgotten") { () -> Void? in
      guard try await daemon.jobs().contains(where: { $0.id == job }) else { return () }
      try await daemon.post(ControlPath.job(job, "forget"))
      return ()
    }
    // The spec is still there: nothing is trained again by forgetting.
    try await stop()
    try daemon.launch(environment: environment)
    try await until("an answer") { () -> Void? in try await daemon.jobs().isEmpty ? () : nil }
    try await stop()
    try daemon.remove(spec: name)
    try daemon.launch(environment: environment)
    // The tombstone goes with the sweep at the start, of which nobody hears.
    try await until("the tombstone to go") { () -> Void? in
      RealDaemon.text(of: trace).contains("store.bury:after") ? () : nil
    }
    _ = try await until("an answer") { try await daemon.jobs() }
  }

  private func stop() async throws {
    daemon.send(SIGTERM)
    try await daemon.ended()
  }

  // What has to hold.

  private func violations() async throws -> [String] {
    var wrong: [String] = []
    let jobs = try await until("the jobs") { try await daemon.jobs() }
    let trainings = try await world.trainings(of: name)
    let versions = try await world.versions(of: name)
    if jobs.count != (test.scenario == .housekeeping ? 0 : 1) { wrong.append("there are \(jobs.count) jobs") }
    if trainings > 1 { wrong.append("it was trained \(trainings) times") }
    if let view = jobs.first { wrong += await violations(view, trainings, versions) }
    if test.scenario == .housekeeping {
      if trainings != 1 || versions.count != 1 { wrong.append("\(trainings) trainings, \(versions.count) versions") }
      wrong += leftovers()
    }
    for version in versions where version != world.bytes(of: name) {
      wrong.append("a version has other bytes (\(version.count)) than the training made")
    }
    return wrong
  }

  private func violations(_ view: JobView, _ trainings: Int, _ versions: [[UInt8]]) async -> [String] {
    var wrong: [String] = []
    switch (test.scenario, view.state) {
    case (.cancel, .cancelled), (.withdraw, .cancelled):
      if !versions.isEmpty { wrong.append("cancelled, and published") }
      if let open = world.openUploads, open > 0 { wrong.append("cancelled, and \(open) uploads are left") }
    case (.run, .done), (.stop, .done), (.housekeeping, .done):
      if trainings != 1 { wrong.append("done, and trained \(trainings) times") }
      if versions.count != 1 { wrong.append("done, with \(versions.count) versions") }
    case (_, .failed) where test.mayLose && view.reason == "lost":
      if !versions.isEmpty { wrong.append("lost, and published") }
      if (view.message ?? "").isEmpty { wrong.append("lost, and nobody is told what is known") }
    default: wrong.append("it ended \(view.state.rawValue), \(view.reason ?? ""): \(view.message ?? "")")
    }
    do {
      let events = try await until("the events") { try await daemon.events(of: job) }
      wrong += Story.problems(events, end: view.state)
    } catch {
      wrong.append("no events: \(error)")
    }
    return wrong
  }

  /// Nothing of a forgotten job stays.
  private func leftovers() -> [String] {
    ["spool", "logs"].flatMap { folder -> [String] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(daemon.stateDirectory)/\(folder)")) ?? []
      return names.map { "\(folder)/\($0) is left over" }
    }
      + ((try? FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)) ?? [])
      .filter { $0.hasPrefix("backup") }.map { "\($0) is left over" }
  }
}
