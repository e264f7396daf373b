import TrainCore
import TrainEngine
import TrainTestKit

/// One daemon's view of a ``SimulatedPlatform``.
struct SimulatedProvider: Provider {
  let far: SimulatedPlatform
  let call: SimulatedCall
  /// What has to be durable before a call is made.
  let ledger: SimulatedLedger

  var traits: ProviderTraits {
    ProviderTraits(kind: "simulated", guarantee: far.isKeyed ? .byKey : .byLookup)
  }
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
    await ledger.submits(submission, call.life)
    return try await call.make("submit \(submission.job).\(submission.attempt)", creates: true, repeats: far.isKeyed) {
      () async throws(Fault) -> ProviderHandle in
      if submission.train["refused"]?.bool == true { throw Fault.permanent(.rejected, "no such dataset") }
      return try await inner.submit(submission)
    }
  }

  func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    let (far, inner, storm) = (far, inner, call.storm)
    return try await call.make("observe \(handles.map(\.reference))") { () async throws(Fault) -> [Observation?] in
      for job in await far.platform.jobs where handles.contains(where: { $0.reference == job.id }) {
        if !far.isForgotten(job.id) { await far.advance(job) }
      }
      let seen = try await inner.observe(handles)
      let isIgnorant = storm.isIgnorant()
      return zip(handles, seen).map { handle, seen in
        if far.isLost(handle.reference) { return Observation(.lost(message: "the platform knows it no longer")) }
        guard let seen, !isIgnorant || storm.chance(50) else { return nil }
        return storm.strikes(.backwards, oneIn: 20) ? Self.before(seen) : seen
      }
    }
  }

  /// What was true of the run a while ago.
  private static func before(_ seen: Observation) -> Observation {
    switch seen.phase {
    case .pending, .lost: seen
    case .running, .stopping: Observation(.pending)
    case .succeeded, .failed, .cancelled: Observation(.running, hasRun: true)
    }
  }

  func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) {
    let inner = inner
    await ledger.cancels(handle, call.life)
    try await call.make("cancel \(handle.reference)", creates: true) { () async throws(Fault) in
      try await inner.cancel(handle, force: force)
    }
  }

  func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) {
    let far = far
    try await call.make("fetch \(handle.reference)") { () async throws(Fault) in
      if far.isReleased(handle.reference) { throw .permanent(.notFound, "\(handle.reference) was let go") }
    }
    for (path, bytes) in far.artifact(of: handle.reference).sorted(by: { $0.key < $1.key }) {
      let wanted = Hex.sha256(of: String(decoding: bytes, as: UTF8.self))
      let held = try await sink.open(path, tag: wanted, total: Int64(bytes.count))
      var rest = bytes.dropFirst(Int(held))
      while !rest.isEmpty {
        // Written by the caller itself: what is dead writes nothing.
        try call.life.cross()
        let piece = rest.prefix(7)
        try await sink.write(try call.storm.transferred(Array(piece)), to: path)
        rest = rest.dropFirst(piece.count)
      }
      guard try await sink.finish(path).sha256 != wanted else { continue }
      try await sink.discard(path)
      throw .transient(.corrupted, "\(path) did not arrive as it should")
    }
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
