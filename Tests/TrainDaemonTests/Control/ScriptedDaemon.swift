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
    /// What a list hands out, page by page, and what ends it.
    var lists: [[CatalogLine]] = []
    var listFault: ControlError?
    /// A file, and after how many bytes of it the next downloads break.
    var content: [UInt8] = []
    var contentDigest: String?
    var cuts: [Int] = []
    var uploaded: [UInt8] = []
    var createFault: ControlError?
    /// What every second part is answered, the first of them on.
    var partFault: ControlError?
    var isPartRefused = false
    var largestPart = Int.max
  }

  private let state: Mutex<State>

  init(_ state: State = State()) { self.state = Mutex(state) }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
  var calls: [String] { state.withLock { $0.calls } }
  var followers: Int { state.withLock { $0.followers.count } }
  var uploaded: [UInt8] { state.withLock { $0.uploaded } }
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
  func forget(_ job: JobID, by actor: Operator) async throws(ControlError) -> [String] {
    _ = try find(job, "forget \(job)")
    return ["shelf may hold an upload"]
  }

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

  func models(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines {
    try note("models \(registry) \(Self.text(request))")
    return lines()
  }
  func model(_ id: String, of registry: String, _ request: CatalogRequest) async throws(ControlError) -> JSON {
    try note("model \(registry) \(id) \(Self.text(request))")
    return ["id": .string(id), "odd": ["field": 1]]
  }
  func modelVersions(
    of id: String?, registry: String, _ request: CatalogRequest
  ) async throws(ControlError) -> CatalogLines {
    try note("versions \(registry) \(id ?? "-") \(Self.text(request))")
    return lines()
  }
  func modelFile(
    _ id: String, of registry: String, _ request: CatalogRequest, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError) {
    try note("file \(registry) \(id) \(point.offset) \(point.tag ?? "-")")
    try await deliver(from: point, into: sink)
  }
  func createModel(
    _ request: CreateModelRequest, of registry: String, by actor: Operator
  ) async throws(ControlError) -> JSON {
    try note("create \(registry) \(request.fields.canonical) \(request.upload?.digests.sha256.prefix(8) ?? "-")")
    if request.upload != nil, let fault = state.withLock({ $0.createFault }) { throw fault }
    return request.upload == nil ? .empty : ["id": 7, "name": request.fields["name"] ?? .null]
  }
  func uploadPart(
    _ part: CreationPart, in session: UploadSession?, of registry: String
  ) async throws(ControlError) -> UploadView {
    try note("part \(part.filename) \(part.offset) \(part.bytes.count) of \(part.total)")
    let fault = state.withLock { state in
      state.isPartRefused.toggle()
      return state.isPartRefused ? state.partFault : nil
    }
    if let fault { throw fault }
    let held = state.withLock { state in
      if session == nil { state.uploaded = [] }
      if Int64(state.uploaded.count) == part.offset { state.uploaded += part.bytes.prefix(state.largestPart) }
      return Int64(state.uploaded.count)
    }
    return UploadView(held: held, session: session ?? UploadSession(state: ["upload": "u1"]))
  }
  func uploadState(_ session: UploadSession, of registry: String) async throws(ControlError) -> UploadView {
    try note("held \(session.state.canonical)")
    return UploadView(held: state.withLock { Int64($0.uploaded.count) }, session: session)
  }
  func groundTruthEvents(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines {
    try note("events \(registry) \(Self.text(request))")
    return lines()
  }
  func groundTruthVersion(_ id: String, of registry: String) async throws(ControlError) -> JSON {
    try note("ground truth \(registry) \(id)")
    return ["id": .string(id)]
  }
  func groundTruthFile(
    _ url: String, ticket: String, of registry: String, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError) {
    try note("event file \(url) \(ticket) \(point.offset)")
    try await deliver(from: point, into: sink)
  }

  private static func text(_ request: CatalogRequest) -> String {
    let pairs = (request.flags + request.parameters).map { "\($0.name)=\($0.value)" }
    return "\(pairs) \(request.pages.map(String.init) ?? "-")\(request.files ? " files" : "")"
  }

  private func lines() -> CatalogLines {
    CatalogLines { () async throws(ControlError) -> [CatalogLine]? in
      let (page, fault) = self.state.withLock { state in
        (state.lists.isEmpty ? nil : state.lists.removeFirst(), state.listFault)
      }
      if page == nil, let fault { throw fault }
      return page
    }
  }

  /// The content from where it is wanted, a bit at a time; breaks off where a break is planned.
  private func deliver(from point: ResumePoint, into sink: any DownloadSink) async throws(ControlError) {
    let (content, digest, cut) = state.withLock { state in
      (state.content, state.contentDigest, state.cuts.isEmpty ? nil : state.cuts.removeFirst())
    }
    do throws(Fault) {
      let isGood = point.offset <= Int64(content.count) && (point.tag == nil || point.tag == "t1")
      var offset = isGood ? Int(point.offset) : 0
      try await sink.begin(
        DownloadFacts(offset: Int64(offset), total: Int64(content.count), tag: "t1", digest: digest))
      while offset < content.count {
        let end = min(offset + 1000, content.count)
        try await sink.write(Array(content[offset..<end]))
        offset = end
        if let cut, offset >= cut { throw .transient(.unavailable, "the connection broke") }
      }
    } catch {
      throw ControlError(error, what: "deliver")
    }
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
