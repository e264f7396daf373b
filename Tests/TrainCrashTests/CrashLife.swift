import Foundation
import Glibc
import TrainControl
import TrainCore
import TrainTestKit

/// The lives of one daemon.
struct CrashLife: Sendable {
  let test: CrashCase
  let world: any CrashWorld
  var daemon: RealDaemon { world.daemon }
  /// It says what the job is like.
  var name: String {
    switch test.scenario {
    case .cancel: "held-a"
    case .promote: "plain-a"
    case .run, .stop, .cancelPublishing, .stopPublishing, .refuse, .housekeeping, .withdraw: "a"
    }
  }
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
    try await world.prepare(name)
    switch test.scenario {
    case .cancelPublishing, .stopPublishing: await world.hinder(name, forGood: false)
    case .refuse: await world.hinder(name, forGood: true)
    case .run, .cancel, .stop, .promote, .housekeeping: break
    case .withdraw: try daemon.write(config: Quick.slowUploads, as: "slow")
    }
    try daemon.launch(environment: environment)
    var outcome = CrashCase.Outcome()
    do {
      switch test.scenario {
      case .run: try await finish()
      case .cancel: try await cancel()
      case .stop:
        try await finish()
        try await stopAndStart()
        try await finish()
      case .cancelPublishing: try await cancelPublishing()
      case .stopPublishing: try await stopPublishing()
      case .refuse: try await refuseAndPublish()
      case .promote:
        try await finish()
        try await promote()
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
  func until<Answer>(
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

  func finish() async throws {
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
    try await askToCancel()
    try await finish()
  }

  /// An operator who was not told that it was taken asks again.
  func askToCancel() async throws {
    try await until("the cancel to be taken") { () -> Void? in try await daemon.cancel(job) }
  }

  func stopAndStart() async throws {
    daemon.send(SIGTERM)
    let exit = try await daemon.ended()
    guard exit == .status(0) || exit == .status(137) else { throw RealDaemon.Died(exit: exit, log: daemon.log) }
    try daemon.launch(environment: environment)
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

  func stop() async throws {
    daemon.send(SIGTERM)
    try await daemon.ended()
  }
}
