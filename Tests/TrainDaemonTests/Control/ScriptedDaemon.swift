import Synchronization
import TrainControl
import TrainCore
import TrainDaemon

/// A daemon that holds what a test puts in, and notes what it was asked.
final class ScriptedDaemon: DaemonOperations {
  struct State {
    var jobs: [JobView] = []
    var events: [EventView] = []
    var calls: [String] = []
    var fault: ControlError?
    var followers: [Int: AsyncStream<Int64>.Continuation] = [:]
    var nextFollower = 0
    var pages: [LogView] = []
    var backup: [[UInt8]] = []
    var backupFault: ControlError?
    var backupsClosed = 0
    var hasProblems = false
    var refusals: [ApplyView.Refusal] = []
  }

  private let state: Mutex<State>

  init(_ state: State = State()) { self.state = Mutex(state) }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
  var calls: [String] { state.withLock { $0.calls } }
  var followers: Int { state.withLock { $0.followers.count } }
  var backupsClosed: Int { state.withLock { $0.backupsClosed } }

  /// Adds a transition, changes the job, and wakes who follows.
  func transition(_ job: String, to: JobState.Word, reason: String? = nil) {
    let (sequence, followers) = state.withLock { state in
      let sequence = Int64(state.events.count + 1)
      let index = state.jobs.firstIndex { $0.id.description == job }
      let from = index.map { state.jobs[$0].state } ?? .queued
      if let index { state.jobs[index].state = to }
      state.events.append(Samples.event(sequence, job: job, from: from, to: to, reason: reason))
      return (sequence, state.followers.values.map(\.self))
    }
    for follower in followers { follower.yield(sequence) }
  }

  private func note(_ call: String) throws(ControlError) {
    let fault = state.withLock { state in
      state.calls.append(call)
      return state.fault
    }
    if let fault { throw fault }
  }

  private func find(_ job: JobID, _ call: String) throws(ControlError) -> JobView {
    try note(call)
    guard let view = state.withLock({ $0.jobs.first { $0.id == job } }) else { throw .noSuchJob(job, what: call) }
    return view
  }

  func list(_ request: ListRequest) async throws(ControlError) -> [JobView] {
    try note("list \(request.state?.rawValue ?? "-") \(request.spec ?? "-") \(request.all) \(request.watching)")
    return state.withLock { Array($0.jobs.prefix(request.limit ?? .max)) }
  }
  func show(_ job: JobID, watching: Bool) async throws(ControlError) -> JobView { try find(job, "show \(job)") }
  func why(_ job: JobID) async throws(ControlError) -> WhyView {
    let view = try find(job, "why \(job)")
    return WhyView(
      job: job, state: view.state, reason: nil, sentence: "It waits for a slot.", tail: ["loss \u{1B}[31m"])
  }
  func logs(_ job: JobID, after cursor: String?) async throws(ControlError) -> LogView {
    _ = try find(job, "logs \(job) \(cursor ?? "-")")
    return page(cursor)
  }
  private func page(_ cursor: String?) -> LogView {
    state.withLock { state in
      let index = cursor.flatMap { Int($0) } ?? 0
      guard index < state.pages.count else {
        return LogView(text: "", next: String(index), hasMore: false, ended: true)
      }
      return state.pages[index]
    }
  }
  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(ControlError) -> [EventView] {
    if let job { _ = try find(job, "events \(job)") } else { try note("events") }
    return state.withLock { state in
      Array(state.events.filter { $0.sequence > sequence && (job == nil || $0.job == job) }.prefix(limit))
    }
  }
  func newEvents() async -> AsyncStream<Int64> {
    let (stream, continuation) = AsyncStream<Int64>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextFollower += 1
      state.followers[state.nextFollower] = continuation
      return state.nextFollower
    }
    continuation.onTermination = { [weak self] _ in self?.change { $0.followers[number] = nil } }
    return stream
  }

  func apply(_ request: ApplyRequest, by actor: Operator) async throws(ControlError) -> ApplyView {
    try note("apply \(request.dryRun) by \(actor.uid)")
    let refused = state.withLock { $0.refusals }
    return ApplyView(dryRun: request.dryRun, started: [JobID("a@1")], refused: refused)
  }
  func run(_ request: RunRequest, by actor: Operator) async throws(ControlError) -> StartView {
    try note("run \(request.spec) \(request.version ?? "-") \(request.sets)")
    return StartView(job: Samples.job("\(request.spec)@\(request.version ?? "1")", .queued), isNew: true)
  }
  func submit(_ bytes: [UInt8], fileName: String, by actor: Operator) async throws(ControlError) -> StartView {
    try note("submit \(fileName) \(bytes.count)")
    return StartView(job: Samples.job("submitted@1", .queued), isNew: true, warnings: ["a warning"])
  }
  func cancel(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView {
    try find(job, "cancel \(job) by \(actor.user)")
  }
  func hold(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView { try find(job, "hold \(job)") }
  func release(_ job: JobID, _ request: ReleaseRequest, by actor: Operator) async throws(ControlError) -> JobView {
    try find(job, "release \(job) \(request.adopt)")
  }
  func retry(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView { try find(job, "retry \(job)") }
  func promote(_ job: JobID, _ request: PromoteRequest, by actor: Operator) async throws(ControlError) -> JobView {
    try find(job, "promote \(job) \(request.registry ?? "-") \(request.alias ?? "-") \(request.back)")
  }

  func publish(_ job: JobID, _ request: PublishRequest, by actor: Operator) async throws(ControlError) -> JobView {
    try find(job, "publish \(job) \(request.registry ?? "-") \(request.giveUp ?? "-")")
  }
  func forget(_ job: JobID, by actor: Operator) async throws(ControlError) { _ = try find(job, "forget \(job)") }

  func platformJobs(of provider: String, status: String?) async throws(ControlError) -> [JSON] {
    try note("platform \(provider) \(status ?? "-")")
    return [["id": "r1", "odd": ["field": 1]], ["id": "r2"]]
  }
  func platformJob(_ id: String, of provider: String) async throws(ControlError) -> JSON {
    try note("platform \(provider) show \(id)")
    return ["id": .string(id)]
  }
  func cancelPlatformJob(_ id: String, of provider: String, by actor: Operator) async throws(ControlError) {
    try note("platform \(provider) cancel \(id)")
  }
  func platformLogs(_ id: String, of provider: String, after cursor: String?) async throws(ControlError) -> LogView {
    try note("platform \(provider) logs \(id)")
    return page(cursor)
  }
  func adoptPlatformJob(
    _ id: String, of provider: String, _ request: AdoptRequest, by actor: Operator
  ) async throws(ControlError) -> StartView {
    try note("platform \(provider) adopt \(id) \(request.spec ?? "-")")
    return StartView(job: Samples.job("adopted@1", .running), isNew: true)
  }

  func status() async throws(ControlError) -> StatusView {
    try note("status")
    let (jobs, sequence) = state.withLock { ($0.jobs.count, Int64($0.events.count)) }
    return StatusView(
      phase: .running, processID: 1, started: Samples.time, jobs: ["queued": jobs], held: 0, sequence: sequence,
      connections: [.init(name: "viam", kind: "viam", role: .provider, reachable: false, message: "down")],
      spoolBytes: 2048, spoolQuota: nil)
  }
  func doctor() async throws(ControlError) -> DoctorView {
    try note("doctor")
    let verdict: DoctorView.Finding.Verdict = state.withLock { $0.hasProblems } ? .problem : .ok
    return DoctorView(findings: [.init("provider viam", verdict, "it answers", hint: "nothing to do")])
  }
  func metrics() async throws(ControlError) -> String {
    try note("metrics")
    return "traind_jobs 1\n"
  }
  func config() async throws(ControlError) -> ConfigView {
    try note("config")
    return ConfigView(files: ["/etc/traind/traind.yaml"], config: ["poll": ["fastest": "2s"]])
  }
  func version() async throws(ControlError) -> VersionView {
    try note("version")
    return VersionView(providerKinds: ["local"], registryKinds: ["directory"])
  }
  func reload(by actor: Operator) async throws(ControlError) -> ReloadView {
    try note("reload")
    return ReloadView(changed: ["poll"])
  }
  func drain(_ request: DrainRequest, by actor: Operator) async throws(ControlError) -> StatusView {
    try note("drain \(request.draining)")
    return try await status()
  }
  func backup(by actor: Operator) async throws(ControlError) -> ByteSource {
    try note("backup")
    return ByteSource { () async throws(ControlError) -> [UInt8]? in
      let (chunk, fault) = self.state.withLock { state in
        (state.backup.isEmpty ? nil : state.backup.removeFirst(), state.backupFault)
      }
      if chunk == nil, let fault { throw fault }
      return chunk
    } close: {
      self.change { $0.backupsClosed += 1 }
    }
  }
}
