public import TrainCore

/// A platform in memory: it keeps what was submitted, and fails as it is told to. It can be shared by several engines,
/// as a platform is by several lives of a daemon.
public actor ScriptedPlatform {
  public struct RemoteJob: Sendable, Hashable {
    public var id: String
    public var submission: Submission
    public var created: Timestamp
    public var phase: Observation.Phase
    public var cancels = 0
    public var forced = false
  }

  public enum Call: String, Sendable, CaseIterable { case find, submit, observe, cancel, fetch, logs }

  /// A fault for the next calls of one kind.
  public struct Script: Sendable {
    public var call: Call
    public var fault: Fault
    public var times: Int
    /// The call takes effect, then its answer is lost.
    public var afterEffect: Bool
  }

  public private(set) var jobs: [RemoteJob] = []
  public private(set) var calls: [Call: Int] = [:]
  /// The most runs that were live at once.
  public private(set) var mostLive = 0
  private var scripts: [Script] = []
  private var hidden: Set<String> = []
  public var artifact: [String: [UInt8]] = ["model.bin": Array("weights".utf8)]
  /// Given to jobs when they are first asked about.
  public var automatic: [Observation.Phase] = [.running, .succeeded]
  private var steps: [String: Int] = [:]
  /// Runs that the platform has lost all knowledge of.
  public private(set) var forgotten: Set<String> = []
  /// The platform takes our key as its own: a second create of the same is recognised, whatever its list shows.
  private var isKeyed = false

  public init() {}

  public func recogniseKeys() { isKeyed = true }
  public func forget(_ id: String) { forgotten.insert(id) }
  public func recall(_ id: String) { forgotten.remove(id) }

  public func fail(_ call: Call, _ fault: Fault, times: Int = 1, afterEffect: Bool = false) {
    scripts.append(Script(call: call, fault: fault, times: times, afterEffect: afterEffect))
  }

  /// From now on every call ends like this, until ``recover()``.
  public func goAway(_ fault: Fault) {
    scripts = Call.allCases.map { Script(call: $0, fault: fault, times: .max, afterEffect: false) }
  }

  public func recover() { scripts = [] }
  public func setAutomatic(_ phases: [Observation.Phase]) { automatic = phases }
  public func setArtifact(_ files: [String: [UInt8]]) { artifact = files }

  /// The platform no longer shows this job to look-ups (a list that lags behind).
  public func hide(_ id: String) { hidden.insert(id) }
  public func reveal() { hidden = [] }

  public func plant(_ submission: Submission, created: Timestamp, phase: Observation.Phase = .running) -> String {
    let id = "remote-\(jobs.count + 1)"
    jobs.append(RemoteJob(id: id, submission: submission, created: created, phase: phase))
    return id
  }

  private func begin(_ call: Call) throws(Fault) -> Fault? {
    calls[call, default: 0] += 1
    guard let index = scripts.firstIndex(where: { $0.call == call && $0.times > 0 }) else { return nil }
    scripts[index].times -= 1
    if scripts[index].afterEffect { return scripts[index].fault }
    throw scripts[index].fault
  }

  func find(_ submissions: [Submission]) throws(Fault) -> [Finding<ProviderHandle>] {
    let late = try begin(.find)
    if let late { throw late }
    return submissions.map { wanted in
      let found = jobs.first {
        $0.submission.modelName == wanted.modelName && $0.submission.modelVersion == wanted.modelVersion
          && !hidden.contains($0.id) && !forgotten.contains($0.id)
      }
      guard let found else { return .absent }
      let handle = ProviderHandle(reference: found.id)
      if found.submission.train != wanted.train { return .foreign(handle, why: "its train differs") }
      if found.created < wanted.intended - .seconds(60) { return .foreign(handle, why: "it is older than our intent") }
      return .ours(handle)
    }
  }

  func submit(_ submission: Submission, at now: Timestamp) throws(Fault) -> ProviderHandle {
    let late = try begin(.submit)
    let isThere = jobs.contains {
      $0.submission.modelName == submission.modelName && $0.submission.modelVersion == submission.modelVersion
        && !forgotten.contains($0.id)
    }
    if isKeyed, isThere {
      throw .permanent(.alreadyExists, "\(submission.modelName) \(submission.modelVersion) is there already")
    }
    let id = plant(submission, created: now, phase: .pending)
    mostLive = max(
      mostLive,
      jobs.count { [.pending, .running, .stopping].contains($0.phase) && !forgotten.contains($0.id) })
    if let late { throw late }
    return ProviderHandle(reference: id)
  }

  func observe(_ handles: [ProviderHandle]) throws(Fault) -> [Observation?] {
    let late = try begin(.observe)
    if let late { throw late }
    return handles.map { handle in
      guard let index = jobs.firstIndex(where: { $0.id == handle.reference }), !forgotten.contains(handle.reference)
      else { return nil }
      let step = steps[handle.reference, default: 0]
      if [.pending, .running].contains(jobs[index].phase), step < automatic.count {
        jobs[index].phase = automatic[step]
        steps[handle.reference] = step + 1
      }
      if jobs[index].phase == .stopping { jobs[index].phase = .cancelled }
      return Observation(jobs[index].phase, hasRun: jobs[index].phase != .pending)
    }
  }

  func cancel(_ handle: ProviderHandle, force: Bool) throws(Fault) {
    let late = try begin(.cancel)
    if let index = jobs.firstIndex(where: { $0.id == handle.reference }) {
      jobs[index].cancels += 1
      if force { jobs[index].forced = true }
      if [.pending, .running].contains(jobs[index].phase) { jobs[index].phase = .stopping }
    }
    if let late { throw late }
  }

  func fetching() throws(Fault) -> (files: [String: [UInt8]], late: Fault?) {
    let late = try begin(.fetch)
    return (artifact, late)
  }

  func log() throws(Fault) -> String {
    let late = try begin(.logs)
    if let late { throw late }
    return "epoch 1\nepoch 2\n"
  }

  public func set(_ id: String, _ phase: Observation.Phase) {
    if let index = jobs.firstIndex(where: { $0.id == id }) { jobs[index].phase = phase }
  }
}

/// One daemon's view of a ``ScriptedPlatform``.
public struct ScriptedProvider: Provider {
  public let platformUnderTest: ScriptedPlatform
  private let time: any TimeSource

  public init(_ platform: ScriptedPlatform, time: any TimeSource) {
    platformUnderTest = platform
    self.time = time
  }

  public var traits: ProviderTraits { ProviderTraits(kind: "scripted", guarantee: .byLookup) }
  public func problems(in spec: JobSpec) -> [SpecProblem] { [] }

  public func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    try await platformUnderTest.find(submissions)
  }
  public func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle {
    try await platformUnderTest.submit(submission, at: time.now)
  }
  public func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    try await platformUnderTest.observe(handles)
  }
  public func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) {
    try await platformUnderTest.cancel(handle, force: force)
  }
  public func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) {
    let (files, late) = try await platformUnderTest.fetching()
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      let held = try await sink.open(path, tag: "t", total: Int64(bytes.count))
      try await sink.write(Array(bytes.dropFirst(Int(held))), to: path)
      if let late { throw late }
      _ = try await sink.finish(path)
    }
  }
  public func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
    LogPage(text: try await platformUnderTest.log(), next: nil, hasMore: false)
  }
}
