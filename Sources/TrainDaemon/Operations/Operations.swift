internal import Logging
internal import Synchronization
internal import TrainConfig
internal import TrainControl
internal import TrainCore
internal import TrainEngine

/// What the control server can ask for, done on the engine and the store.
final class Operations: DaemonOperations {
  let host: EngineHost
  let daemon: DaemonFacts
  let logger: Logger
  let isDraining = Mutex(false)
  /// Applying is worked out against what is there: one at a time.
  let applying = AsyncLock()
  let tickets = FileTickets()

  /// What does not change while the daemon runs.
  struct DaemonFacts: Sendable {
    var started: Timestamp
    var processID: Int32
    var stateDirectory: String
    var warnings: [String]
    var time: any TimeSource
    var boundary: Boundary
    var backup: @Sendable (String) async throws(Fault) -> Void
  }

  init(host: EngineHost, daemon: DaemonFacts, logger: Logger) {
    self.host = host
    self.daemon = daemon
    self.logger = logger
  }

  /// What is in force; a reload may put another in its place.
  var engine: Engine { get async { await host.current().engine } }
  var specs: SpecReader { get async { await host.current().specs } }

  /// The job, or the error that says there is none.
  func record(_ job: JobID, doing what: String) async throws(ControlError) -> JobRecord {
    let found: JobRecord?
    do throws(Fault) { found = try await engine.store.job(job) } catch { throw ControlError(error, what: what) }
    guard let found else { throw .noSuchJob(job, what: what) }
    return found
  }

  func view(_ record: JobRecord) async -> JobView {
    let provider = await engine.providerStatus(record.spec.provider)
    return view(record, provider)
  }

  func view(_ record: JobRecord, _ provider: ConnectionStatus?) -> JobView {
    let machine = record.machine
    let asksProvider: Bool
    switch machine.state.word {
    case .submitting, .submitted, .running, .cancelling: asksProvider = true
    case .publishing: asksProvider = !machine.inSpool
    case .queued, .backingOff, .done, .failed, .cancelled: asksProvider = false
    }
    var wakes: [Timestamp] = []
    for effect in machine.owed {
      switch effect {
      case .wake(.queueLimit), .wake(.runLimit), .wake(.stopLimit): break
      case .wake(let wake): wakes.append(wake.at)
      case .observe: if let next = provider?.nextCheck { wakes.append(next) }
      case .queue, .submit, .cancel, .fetch, .copyLogs, .publish, .abandon: break
      }
    }
    return JobView(
      record,
      overlay: .init(
        unreachable: asksProvider && provider?.unreachableSince != nil, nextCheck: wakes.min()))
  }

  func ask<Value>(
    _ what: String, _ work: () async throws(Fault) -> Value
  ) async throws(ControlError) -> Value {
    do throws(Fault) { return try await work() } catch { throw ControlError(error, what: what) }
  }
}

/// One at a time, in the order they came.
actor AsyncLock {
  private var isTaken = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func enter() async {
    if isTaken { await withCheckedContinuation { waiting.append($0) } }
    isTaken = true
  }

  func leave() {
    if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
  }
}
