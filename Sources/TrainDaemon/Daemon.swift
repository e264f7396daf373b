internal import UnixSignals
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import TrainConfig
internal import TrainControl
internal import TrainCore
internal import TrainCrash
internal import TrainEngine
internal import TrainProviders
internal import TrainStore
internal import TrainTransport

/// The composition root: everything is made here and handed down.
public struct Daemon: Sendable {
  private let options: DaemonOptions
  private let time = SystemTime()

  public init(_ options: DaemonOptions) { self.options = options }

  /// Validates the configuration and all specs, making no call and writing nothing.
  /// - Returns: every problem, a line each; empty = all is well.
  public func check() -> [String] {
    let load = read()
    let problems = load.problems.map(\.description)
    guard let config = load.config else { return problems }
    do throws(ConfigProblems) {
      let connections = try connect(
        config, boundary: Boundary(), runner: nowhere, seal: Secret(SealKey.random()), places: load.places,
        logger: quiet)
      return problems + specs(connections, config).read().problems.map(\.description)
    } catch {
      return problems + error.problems.map(\.description)
    }
  }

  /// Runs until a signal; throws ``DaemonFailure`` when it can't start or must end.
  public func run() async throws {
    let logger = makeLogger()
    let config = read()
    guard let inForce = config.config else {
      throw DaemonFailure(
        .badConfiguration,
        "the configuration can't be used:\n\(config.problems.map(\.description).joined(separator: "\n"))")
    }
    let boundary = try makeBoundary()
    try Directories.make(options.stateDirectory, mode: 0o750, boundary)
    try Directories.make(options.runtimeDirectory, mode: 0o755, boundary)
    let lock = try InstanceLock(stateDirectory: options.stateDirectory, boundary)
    defer { withExtendedLifetime(lock) {} }
    BackupFile.removeLeftovers(in: options.stateDirectory, boundary)
    let inherited = try failing { () throws(Fault) in try ListenSockets.take() }
    let state = options.stateDirectory
    let store = try failing { () throws(Fault) in
      try SQLiteStore.open(at: "\(state)/\(SQLiteStore.fileName)", boundary: boundary)
    }
    let spool = try failing { () throws(Fault) in
      try Spool(root: "\(state)/spool", quota: inForce.spool.quota, boundary: boundary)
    }
    let seal = SealKey.take(from: state, boundary)
    let logs = try failing { () throws(Fault) in try RunLog(root: "\(state)/logs", boundary: boundary) }
    let feed = JobFeed(last: try await store.lastSequence())
    let runner = try makeRunner(inForce, logger, boundary)
    let access = runner?.access ?? systemRunner ?? nowhere
    let journal = TransitionJournal(logger: logger)
    let uploads = UploadJournal(journal: journal, store: store, time: time)
    let make: @Sendable (DaemonConfig?) async throws(EngineHost.Refusal) -> EngineHost.Live? = {
      (before) async throws(EngineHost.Refusal) in
      let load = read()
      guard let config = load.config else {
        throw EngineHost.Refusal(problems: load.problems.map(\.description))
      }
      guard config != before else { return nil }
      let connections: Connections
      do throws(ConfigProblems) {
        connections = try connect(
          config, boundary: boundary, runner: access, seal: seal, places: load.places, logger: logger)
      } catch {
        throw EngineHost.Refusal(problems: error.problems.map(\.description))
      }
      let parts = EngineParts(
        settings: EngineSettings(config), store: store, time: time, spool: spool, logs: logs,
        providers: connections.providers, registries: connections.registries,
        signer: CredentialSigner(secrets: secrets), boundary: boundary, logger: logger,
        announce: { events, record in for event in events { journal.write(event, of: record) } },
        progress: { await uploads.note($0) }, space: { await store.spaceFault() }, feed: feed,
        onFatal: { fault in
          // What is on disk is unknown: only a new process, reading it again, may go on.
          logger.critical("the store failed; traind ends and starts anew", metadata: ["fault": "\(fault)"])
          _exit(1)
        })
      return EngineHost.Live(
        config: config, files: load.files, warnings: load.problems.map(\.description), connections: connections,
        specs: specs(connections, config), engine: Engine(parts))
    }
    let live: EngineHost.Live?
    do throws(EngineHost.Refusal) { live = try await make(nil) } catch {
      throw DaemonFailure(
        .badConfiguration, "the configuration can't be used:\n\(error.problems.joined(separator: "\n"))")
    }
    guard let live else { return }
    let host = EngineHost(live, spool: spool, feed: feed, logger: logger, make: make)
    let operations = Operations(
      host: host,
      daemon: .init(
        started: time.now, processID: getpid(), stateDirectory: state, warnings: warnings, time: time,
        boundary: boundary, backup: { (path) async throws(Fault) in try await store.backup(to: path) }),
      logger: logger)
    for warning in warnings + live.warnings { logger.notice("\(warning)") }
    try await serve(
      host, operations, feed, live.config, listening: inherited["control"] ?? inherited.descriptors.values.first,
      runner: runner, boundary: boundary, logger: logger)
    try? await store.close()
    logger.info("stopped; jobs go on")
  }

  // MARK: The parts

  private func serve(
    _ host: EngineHost, _ operations: Operations, _ feed: JobFeed, _ config: DaemonConfig, listening: Int32?,
    runner: LocalRunner?, boundary: Boundary, logger: Logger
  ) async throws {
    let notifier = Notifier(environment: options.environment)
    let applyAll: @Sendable () async -> Void = {
      do throws(ControlError) {
        let view = try await operations.apply(dryRun: false, by: nil)
        for refusal in view.refused {
          logger.error(
            "a spec can't be used",
            metadata: [
              "spec": "\(refusal.spec)", "place": "\(refusal.place ?? "")", "why": "\(refusal.message)",
              "hint": "\(refusal.hint ?? "")",
            ])
        }
      } catch {
        logger.error("could not apply the specs", metadata: ["fault": "\(error)"])
      }
    }
    let server = ControlServer(
      operations: operations,
      listening: listening.map { .descriptor($0) } ?? .path("\(options.runtimeDirectory)/control.sock"),
      access: .system(), boundary: boundary, logger: logger,
      whenListening: {
        await applyAll()
        notifier.ready(status: "ready")
        logger.info("ready", metadata: ["version": "\(ProgramVersion.text)"])
      })
    try await host.start()
    var services: [any Service] = []
    if let runner { services.append(RunnerService(runner: runner)) }
    services += [
      host,
      RetentionService(host: host, time: time, logger: logger),
      SpaceService(host: host, time: time),
      StatusService(operations: operations, feed: feed, notifier: notifier, time: time),
      WatchdogService(notifier: notifier, time: time) {
        // Through the store's writer side and the supervisor's mailbox: both have to answer.
        let engine = await host.current().engine
        _ = await engine.awakeCount
        return (try? await engine.store.lastSequence()) != nil
      },
    ]
    if config.apply == .automatic {
      services.append(SpecWatchService(directories: options.configDirectories, apply: applyAll, time: time))
    }
    services += [server, SignalService(operations: operations, notifier: notifier, logger: logger)]
    let group = ServiceGroup(
      configuration: .init(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    try await group.run()
  }

  private func read() -> ConfigLoad {
    ConfigDirectories(options.configDirectories).load(kinds: Backends.kinds, stateDirectory: options.stateDirectory)
  }

  private func connect(
    _ config: DaemonConfig, boundary: Boundary, runner: RunnerAccess, seal: Secret, places: Places, logger: Logger
  ) throws(ConfigProblems) -> Connections {
    let environment = options.environment
    func variable(_ name: String) -> String? { environment[name] ?? environment[name.lowercased()] }
    let context = Backends.BackendContext(
      secrets: secrets, seal: seal,
      proxies: ProxyRules(
        https: variable("HTTPS_PROXY"), http: variable("HTTP_PROXY"), except: variable("NO_PROXY")),
      time: time, runner: runner, boundary: boundary)
    return try Connections.make(config, context, boundary: boundary, places: places, logger: logger)
  }

  private var secrets: SecretResolver {
    SecretResolver(
      credentialsDirectory: options.environment["CREDENTIALS_DIRECTORY"], environment: options.environment)
  }

  private func specs(_ connections: Connections, _ config: DaemonConfig) -> SpecReader {
    SpecReader(
      directories: ConfigDirectories(options.configDirectories), config: config,
      providers: Dictionary(connections.providers.map { ($0.name, $0.provider) }) { first, _ in first },
      registries: Dictionary(connections.registries.map { ($0.name, $0.registry) }) { first, _ in first },
      signer: CredentialSigner(secrets: secrets))
  }

  /// A runner that systemd holds for us.
  private var systemRunner: RunnerAccess? { options.runnerSocket.map { RunnerAccess(socket: $0) } }
  /// For a daemon without local connections.
  private var nowhere: RunnerAccess { RunnerAccess(socket: "\(options.runtimeDirectory)/runner.sock") }

  private func makeRunner(_ config: DaemonConfig, _ logger: Logger, _ boundary: Boundary) throws -> LocalRunner? {
    let isNeeded = config.providers.contains { $0.kind == LocalProvider.kind && LocalProvider.socket(of: $0) == nil }
    guard isNeeded, options.runnerSocket == nil else { return nil }
    return try failing { () throws(Fault) in
      try LocalRunner(
        executable: options.runnerProgram, socket: "\(options.runtimeDirectory)/runner.sock",
        directory: "\(options.stateDirectory)/runner", time: time, boundary: boundary,
        environment: CrashSwitch.environment(), report: { logger.notice("\($0)") })
    }
  }

  private func makeBoundary() throws(DaemonFailure) -> Boundary {
    do throws(CrashSwitch.Unknown) { return try CrashSwitch.boundary(options.environment) } catch {
      throw DaemonFailure(.failed, error.description, hint: error.hint)
    }
  }

  private var warnings: [String] {
    geteuid() == 0 ? ["traind runs as root; it needs no rights of root (see systemd/traind.service)"] : []
  }

  private func makeLogger() -> Logger {
    let level = options.environment["TRAIND_LOG_LEVEL"].flatMap(Logger.Level.init(rawValue:)) ?? .info
    let factory = options.log.factory(level: level, environment: options.environment)
    return Logger(label: "traind", factory: factory)
  }

  /// The service group's own log is about its services, which log for themselves.
  private var quiet: Logger { Logger(label: "traind.services") { _ in SwiftLogNoOpLogHandler() } }

  private func failing<Value>(_ work: () throws(Fault) -> Value) throws -> Value {
    do throws(Fault) { return try work() } catch {
      throw DaemonFailure(.failed, error.message, hint: error.hint)
    }
  }
}
