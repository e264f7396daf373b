import Synchronization
import TrainCore
import TrainTestKit

/// A platform with a clock of its own: runs take their time and end as the seed wants, lists lag, answers get lost,
/// and it forgets.
final class SimulatedPlatform: Sendable {
  let platform = ScriptedPlatform()
  /// It takes the job's version as its own key: what arrives twice is made once.
  let isKeyed: Bool
  private let seed: UInt64
  private let world: SimulatedWorld
  private let released = Mutex<Set<String>>([])
  private let forgotten = Mutex<[String: Timestamp]>([:])
  /// How far behind the list of jobs is; less than any settle time, effects that come late included.
  private let lag: Duration
  /// How long an unknown run stays unknown before it is said to be lost.
  private let grace = Duration.seconds(60)

  init(seed: UInt64, world: SimulatedWorld, lag: Duration, isKeyed: Bool) {
    self.seed = seed
    self.world = world
    self.lag = lag
    self.isKeyed = isKeyed
  }

  /// No jump of a daemon's wall clock moves this one.
  var now: Timestamp { Timestamp(milliseconds: 1_795_000_000_000) + world.now }

  func isHidden(_ job: ScriptedPlatform.RemoteJob) -> Bool { now - job.created < lag }

  func release(_ id: String) { released.withLock { _ = $0.insert(id) } }
  func isReleased(_ id: String) -> Bool { released.withLock { $0.contains(id) } }

  func forget(_ id: String) async {
    let now = now
    forgotten.withLock { $0[id] = now }
    await platform.forget(id)
  }

  func isForgotten(_ id: String) -> Bool { forgotten.withLock { $0[id] != nil } }
  func isLost(_ id: String) -> Bool {
    guard let since = forgotten.withLock({ $0[id] }) else { return false }
    return now - since > grace
  }

  /// What a run that succeeds produces: its own bytes, in one file or a few.
  func artifact(of id: String) -> [String: [UInt8]] {
    let chosen = Jitter.value("\(seed)/\(id)/artifact", 1)
    var files: [String: [UInt8]] = [:]
    for number in 0...Int(chosen % 3) {
      let length = Jitter.value("\(seed)/\(id)", number) % 30
      files["part\(number)/model.bin"] = (0..<length).map { UInt8(chosen >> ($0 % 50) & 0x7F) }
    }
    return files
  }

  func content(of id: String) -> [UInt8] { artifact(of: id).sorted { $0.key < $1.key }.flatMap(\.value) }

  /// Moves a run to where its own time has brought it.
  func advance(_ job: ScriptedPlatform.RemoteJob) async {
    let chosen = chosen(for: job)
    let age = now - job.created
    let begins = Duration.seconds(Int64(chosen % 40))
    let ends = begins + .seconds(Int64(chosen >> 8 % 900))
    switch job.phase {
    case .pending where age >= ends, .running where age >= ends: await platform.set(job.id, outcome(of: job))
    case .pending where age >= begins: await platform.set(job.id, .running)
    // Now and then a run ends before the stop gets to it.
    case .stopping where chosen % 5 == 0: await platform.set(job.id, .succeeded)
    case .pending, .running, .stopping, .succeeded, .failed, .cancelled, .lost: break
    }
  }

  private func chosen(for job: ScriptedPlatform.RemoteJob) -> UInt64 {
    Jitter.value("\(seed)/\(job.id)/\(job.submission.modelVersion)", 1)
  }

  func outcome(of job: ScriptedPlatform.RemoteJob) -> Observation.Phase {
    switch chosen(for: job) >> 32 % 100 {
    case 0..<22: .failed(message: "diverged")
    case 22..<25: .lost(message: "the platform forgot it")
    case 25..<28: .cancelled
    default: .succeeded
    }
  }
}
