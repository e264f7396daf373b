import Synchronization
import TrainCore
import TrainTestKit

/// A platform with a clock of its own: runs take their time and end as the seed wants, lists lag, answers get lost.
final class SimulatedPlatform: Sendable {
  let platform = ScriptedPlatform()
  private let seed: UInt64
  private let world: SimulatedWorld
  private let released = Mutex<Set<String>>([])
  /// How far behind the list of jobs is; less than any settle time, effects that come late included.
  private let lag: Duration

  init(seed: UInt64, world: SimulatedWorld, lag: Duration) {
    self.seed = seed
    self.world = world
    self.lag = lag
  }

  /// No jump of a daemon's wall clock moves this one.
  var now: Timestamp { Timestamp(milliseconds: 1_795_000_000_000) + world.now }

  func isHidden(_ job: ScriptedPlatform.RemoteJob) -> Bool { now - job.created < lag }

  func release(_ id: String) { released.withLock { _ = $0.insert(id) } }
  func isReleased(_ id: String) -> Bool { released.withLock { $0.contains(id) } }

  /// Moves a run to where its own time has brought it.
  func advance(_ job: ScriptedPlatform.RemoteJob) async {
    let chosen = Jitter.value("\(seed)/\(job.id)/\(job.submission.modelVersion)", 1)
    let age = now - job.created
    let begins = Duration.seconds(Int64(chosen % 40))
    let ends = begins + .seconds(Int64(chosen >> 8 % 900))
    switch job.phase {
    case .pending where age >= ends, .running where age >= ends:
      await platform.set(job.id, outcome(chosen >> 32 % 100))
    case .pending where age >= begins: await platform.set(job.id, .running)
    // Now and then a run ends before the stop gets to it.
    case .stopping where chosen % 5 == 0: await platform.set(job.id, .succeeded)
    case .pending, .running, .stopping, .succeeded, .failed, .cancelled, .lost: break
    }
  }

  private func outcome(_ percent: UInt64) -> Observation.Phase {
    switch percent {
    case 0..<22: .failed(message: "diverged")
    case 22..<25: .lost(message: "the platform forgot it")
    case 25..<28: .cancelled
    default: .succeeded
    }
  }
}

/// One daemon's view of a ``SimulatedPlatform``.
struct SimulatedProvider: Provider {
  let far: SimulatedPlatform
  let call: SimulatedCall

  var traits: ProviderTraits { ProviderTraits(kind: "simulated", guarantee: .byLookup) }
  func problems(in spec: JobSpec) -> [SpecProblem] { [] }

  private struct PlatformTime: TimeSource {
    let far: SimulatedPlatform
    var now: Timestamp { far.now }
    var monotonic: Duration { .zero }
    func sleep(until deadline: Duration) async throws {}
  }

  private var inner: ScriptedProvider { ScriptedProvider(far.platform, time: PlatformTime(far: far)) }

  func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    let (far, inner) = (far, inner)
    return try await call.make("find \(submissions.map { "\($0.job).\($0.attempt)" })") {
      () async throws(Fault) -> [Finding<ProviderHandle>] in
      let jobs = await far.platform.jobs
      let found = try await inner.find(submissions)
      return found.map { finding in
        switch finding {
        case .absent: return .absent
        case .ours(let handle), .foreign(let handle, _):
          return jobs.contains { $0.id == handle.reference && far.isHidden($0) } ? .absent : finding
        }
      }
    }
  }

  func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle {
    let inner = inner
    return try await call.make("submit \(submission.job).\(submission.attempt)", creates: true) {
      () async throws(Fault) -> ProviderHandle in
      if submission.train["refused"]?.bool == true { throw Fault.permanent(.rejected, "no such dataset") }
      return try await inner.submit(submission)
    }
  }

  func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    let (far, inner) = (far, inner)
    return try await call.make("observe \(handles.map(\.reference))") { () async throws(Fault) -> [Observation?] in
      for job in await far.platform.jobs where handles.contains(where: { $0.reference == job.id }) {
        await far.advance(job)
      }
      return try await inner.observe(handles)
    }
  }

  func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) {
    let inner = inner
    try await call.make("cancel \(handle.reference)", creates: true) { () async throws(Fault) in
      try await inner.cancel(handle, force: force)
    }
  }

  func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) {
    let (far, inner) = (far, inner)
    if far.isReleased(handle.reference) { throw .permanent(.notFound, "\(handle.reference) was let go") }
    // Written by the caller itself: what is dead writes nothing.
    try await call.make("fetch \(handle.reference)") { () async throws(Fault) in }
    try await inner.fetch(handle, into: sink)
  }

  func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
    let inner = inner
    return try await call.make("logs \(handle.reference)") { () async throws(Fault) -> LogPage in
      try await inner.logs(handle, after: cursor)
    }
  }

  func release(_ handle: ProviderHandle) async throws(Fault) {
    let far = far
    try await call.make("release \(handle.reference)", creates: true) { () async throws(Fault) in
      far.release(handle.reference)
    }
  }
}
