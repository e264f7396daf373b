public import Logging
public import TrainCore

/// Everything an engine is made of; it makes nothing of this by itself and reads no environment.
public struct EngineParts: Sendable {
  public var settings: EngineSettings
  public var store: any JobStore
  public var time: any TimeSource
  public var spool: Spool
  public var logs: RunLog
  public var providers: [ProviderConnection]
  public var registries: [RegistryConnection]
  /// Signs what specs want signed; `nil` = that can't be done here.
  public var signer: (any ArtifactSigner)?
  public var boundary: Boundary
  public var logger: Logger
  /// Told of every stored step, after it is durable.
  public var announce: @Sendable ([EventRecord], JobRecord) -> Void
  public var progress: @Sendable (UploadProgress) async -> Void
  /// Whether so little space is left for the store that nothing new should be begun; `nil` = there is enough.
  public var space: @Sendable () async -> Fault?
  /// Told once when the store's content is unknown: the process has to end.
  public var onFatal: @Sendable (Fault) -> Void
  /// Outlives the engine: whoever listens hears the next one too.
  public var feed: JobFeed

  public init(
    settings: EngineSettings, store: any JobStore, time: any TimeSource, spool: Spool, logs: RunLog,
    providers: [ProviderConnection], registries: [RegistryConnection],
    signer: (any ArtifactSigner)? = nil, boundary: Boundary = .init(), logger: Logger,
    announce: @escaping @Sendable ([EventRecord], JobRecord) -> Void = { _, _ in },
    progress: @escaping @Sendable (UploadProgress) async -> Void = { _ in },
    space: @escaping @Sendable () async -> Fault? = { nil }, feed: JobFeed = JobFeed(),
    onFatal: @escaping @Sendable (Fault) -> Void = { _ in }
  ) {
    self.settings = settings
    self.store = store
    self.time = time
    self.spool = spool
    self.logs = logs
    self.providers = providers
    self.registries = registries
    self.signer = signer
    self.boundary = boundary
    self.logger = logger
    self.announce = announce
    self.progress = progress
    self.space = space
    self.onFatal = onFatal
    self.feed = feed
  }
}

/// The supervisor: wakes jobs, brings them their events, takes new ones in. Reads come from the store.
public actor Engine {
  nonisolated let parts: EngineParts
  let deadlines: DeadlineQueue
  private var shell: JobShell?
  private var awake: [JobID: JobActor] = [:]
  private var waking: [JobID: Task<Result<JobActor?, Fault>, Never>] = [:]
  private var isStopping = false
  /// Lists of jobs that are on their way from the store; who waits for them to be dealt with.
  private var intakes = 0
  private var intakeEnds: [CheckedContinuation<Void, Never>] = []
  /// Jobs that were loaded while such a list was on its way: what it says of them may be old.
  private var stirred: Set<JobID> = []

  public init(_ parts: EngineParts) {
    self.parts = parts
    deadlines = DeadlineQueue(time: parts.time)
  }

  public nonisolated var feed: JobFeed { parts.feed }
  public nonisolated var store: any JobStore { parts.store }
  public nonisolated var settings: EngineSettings { parts.settings }

  /// Ends the process: it can't be gone on here.
  public nonisolated func fail(_ fault: Fault) { parts.onFatal(fault) }

  /// Jobs that have something under way.
  public var awakeCount: Int { awake.count }

  public var health: EngineHealth { machinery.health }

  /// Looks at the space that the store has, and goes by it; returns whether it is short. To be called now and then.
  @discardableResult
  public func checkSpace() async -> Bool {
    let fault = await parts.space()
    await machinery.health.space(fault)
    return fault != nil
  }

  /// Jobs that are read at once at the start.
  private static let page = 200

  /// Loads every job that owes something and takes up its work: the same path as after any event.
  public func start() async throws(Fault) {
    try beginIntake()
    defer { endIntake() }
    await checkSpace()
    // No slot is given before all that hold one are known.
    for scheduler in machinery.schedulers.values { await scheduler.pause("start", true) }
    // In pages: the memory of all records at once would stay with the process, full of holes.
    var query = JobQuery(owing: true, order: .oldestFirst, limit: Self.page)
    while true {
      let page = try await parts.store.jobs(query)
      for (provider, records) in Dictionary(grouping: page.filter(\.machine.state.holdsSlot), by: \.spec.provider) {
        await machinery.schedulers[provider]?.occupy(records.map(\.id))
      }
      for record in page { await take(record) }
      guard page.count == Self.page, let last = page.last else { break }
      query.after = last.number
    }
    for scheduler in machinery.schedulers.values { await scheduler.pause("start", false) }
    try await clearSpool()
  }

  /// Called before a list of jobs is asked for that ``take(_:)`` is to begin work on.
  func beginIntake() throws(Fault) {
    if isStopping { throw Self.stopping }
    intakes += 1
  }

  func endIntake() {
    intakes -= 1
    guard intakes == 0 else { return }
    stirred = []
    for end in intakeEnds { end.resume() }
    intakeEnds = []
  }

  /// Begins what a job from a list owes, unless it was loaded since: then it is under way, and the list may be old.
  func take(_ record: JobRecord) async {
    guard !isStopping, !stirred.contains(record.id) else { return }
    await wake(record).resume()
  }

  private static let stopping = Fault.transient(
    .interrupted, "traind is stopping or reloads its configuration", hint: "try again", effect: .none)

  /// Serves deadlines and polls until its task is cancelled.
  public func run() async {
    let machinery = machinery
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [deadlines] in
        await deadlines.run { job, wake in await self.deliver(.deadline(wake), to: job) }
      }
      for poller in machinery.pollers.values { group.addTask { await poller.run() } }
    }
  }

  /// Stops all effects. Nothing is lost: what they owe is in the store. When it returns this engine stores nothing any
  /// more, so that another may take its place.
  public func stop() async {
    isStopping = true
    if intakes > 0 { await withCheckedContinuation { intakeEnds.append($0) } }
    for (_, task) in waking.sorted(by: { $0.key < $1.key }) { _ = await task.value }
    // In order: the same history stops in the same way.
    while !awake.isEmpty {
      for actor in awake.values.sorted(by: { $0.id < $1.id }) {
        await actor.stop()
        drop(actor)
      }
    }
  }

  // MARK: Events

  /// Brings an event to a job that may be asleep. An unknown job is no error: it was pruned.
  func deliver(_ event: JobEvent, to id: JobID) async {
    do throws(Fault) {
      while !isStopping, let actor = try await actor(for: id) {
        if await actor.post(event) { return }
        drop(actor)
      }
    } catch {
      parts.logger.error("could not load a job", metadata: ["job": "\(id)", "fault": "\(error)"])
      guard !error.isPermanent else { return }
      // Whoever sent it will not send it again.
      Task {
        try? await parts.time.sleep(until: parts.time.monotonic + .seconds(1))
        await deliver(event, to: id)
      }
    }
  }

  /// Brings an event and returns what became of it once that is durable; `nil` = no such job.
  func apply(_ event: JobEvent, to id: JobID, spec: JobSpec? = nil) async throws(Fault) -> JobActor.Outcome? {
    while !isStopping {
      guard let actor = try await actor(for: id) else { return nil }
      if let outcome = await actor.apply(event, spec: spec) {
        guard let fault = outcome.fault else { return outcome }
        if fault.code == .notFound { return nil }
        throw fault
      }
      drop(actor)
    }
    throw Self.stopping
  }

  /// A job that is no longer in the store has no actor.
  func dismiss(_ id: JobID) async {
    guard let actor = awake[id] else { return }
    await actor.stop()
    drop(actor)
  }

  private func drop(_ actor: JobActor) {
    if awake[actor.id] === actor { awake[actor.id] = nil }
  }

  private func actor(for id: JobID) async throws(Fault) -> JobActor? {
    if let actor = awake[id] { return actor }
    if let task = waking[id] { return try await task.value.get() }
    if intakes > 0 { stirred.insert(id) }
    let task = Task { () -> Result<JobActor?, Fault> in
      defer { waking[id] = nil }
      do throws(Fault) {
        guard let record = try await parts.store.job(id) else { return .success(nil) }
        if isStopping { return .failure(Self.stopping) }
        return .success(wake(record))
      } catch {
        return .failure(error)
      }
    }
    waking[id] = task
    return try await task.value.get()
  }

  private func wake(_ record: JobRecord) -> JobActor {
    if let actor = awake[record.id] { return actor }
    var record = record
    let rules = parts.settings.rules(for: record.spec, id: record.id)
    // The daemon's own settings may have changed since it was stored; that is no step of the job.
    if rules != record.machine.rules { _ = record.machine.handle(.rulesChanged(rules), at: parts.time.now) }
    let actor = JobActor(record: record, shell: machinery)
    awake[record.id] = actor
    return actor
  }

  private func retire(_ actor: JobActor) async {
    if await actor.retireIfIdle() { drop(actor) }
  }

  // MARK: What the jobs work with

  var machinery: JobShell {
    if let shell { return shell }
    let made = makeShell()
    shell = made
    return made
  }

  private func makeShell() -> JobShell {
    let parts = parts
    var pollers: [String: ProviderPoller] = [:]
    var schedulers: [String: SlotScheduler] = [:]
    for connection in parts.providers {
      pollers[connection.name] = ProviderPoller(
        connection: connection, settings: parts.settings, time: parts.time, logger: parts.logger,
        deliver: { [weak self] job, event in await self?.deliver(event, to: job) })
      schedulers[connection.name] = SlotScheduler(
        limit: connection.maxRunning, admit: { [weak self] job in await self?.deliver(.admitted, to: job) })
    }
    let intake = Array(schedulers.values)
    return JobShell(
      store: parts.store, time: parts.time, settings: parts.settings, logger: parts.logger,
      boundary: parts.boundary, signer: parts.signer,
      deadlines: deadlines, doubts: InDoubtCalls(time: parts.time), feed: feed, spool: parts.spool, logs: parts.logs,
      pace: BandwidthLimit(rate: parts.settings.bandwidth, time: parts.time),
      health: EngineHealth(
        logger: parts.logger, onFatal: parts.onFatal,
        onDiskFull: { isFull in for scheduler in intake { await scheduler.pause("disk-full", isFull) } }),
      providers: Dictionary(uniqueKeysWithValues: parts.providers.map { ($0.name, $0) }), pollers: pollers,
      schedulers: schedulers, registries: Dictionary(uniqueKeysWithValues: parts.registries.map { ($0.name, $0) }),
      announce: parts.announce, progress: parts.progress,
      idle: { [weak self] actor in await self?.retire(actor) })
  }
}
