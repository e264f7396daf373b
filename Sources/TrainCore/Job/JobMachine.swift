/// One job's life, as a value. It performs no I/O, reads no clock and knows no provider.
///
/// ``handle(_:at:)`` is the only thing that changes it; ``owed`` says what the shell has to have under way.
public struct JobMachine: Hashable, Sendable, Codable {
  public internal(set) var state: JobState
  public internal(set) var rules: JobRules
  /// Not to be submitted until an operator says so.
  public internal(set) var hold: Hold?
  /// The call of the current state that has to be made again.
  public internal(set) var call: CallRetry?
  /// Attempts used up before the operator's last `retry`.
  public internal(set) var attemptsForgiven = 0
  /// The latest attempt, from 1.
  public internal(set) var attempt = 1
  /// The latest run that a provider accepted: whose logs, artifact and remote id are shown.
  public internal(set) var lastRun: Run?
  public internal(set) var progress: Observation?
  public internal(set) var artifact: Artifact?
  /// The artifact's bytes lie in the spool.
  public internal(set) var inSpool = false
  /// The artifact is being fetched, or will be when a call's wait is over.
  public var wantsArtifact: Bool { state.word == .publishing && !inSpool && hold == nil }
  /// The run succeeded: there is something to publish.
  public internal(set) var trained = false
  public internal(set) var publications: [PublicationMachine]
  /// Runs whose output has not been copied here yet, with the call's retry.
  public internal(set) var logsOwed: [LogsOwed] = []
  /// Uploads that nobody goes on with, oldest first; `nil` = none.
  var leftovers: [Leftover]?

  public struct LogsOwed: Hashable, Sendable, Codable {
    public var run: Run
    public var call: CallRetry?
  }

  public init(rules: JobRules, at now: Timestamp) {
    self.rules = rules
    state = .queued(.init(attempt: 1, since: now))
    publications = rules.registries.map { PublicationMachine(registry: $0, alias: rules.aliases?[$0]) }
  }

  /// What the shell has to have under way; a function of the value alone.
  public var owed: [JobEffect] {
    var effects = leftoversOwe + stateOwes
    for owed in logsOwed {
      if let until = owed.call?.until {
        effects.append(.wake(.logs(until)))
      } else {
        effects.append(.copyLogs(owed.run))
      }
    }
    return effects
  }

  /// Has ended and owes nothing.
  public var isAtRest: Bool {
    state.isTerminal && logsOwed.isEmpty && leftovers == nil && !publications.contains(where: \.state.isPromoting)
  }

  private var stateOwes: [JobEffect] {
    switch state {
    case .queued(let queued):
      (hold == nil ? [.queue] : []) + limit(rules.limits.queue, from: queued.since, JobWake.queueLimit)
    case .submitting(let submitting):
      calling(.submit(attempt: submitting.attempt))
    case .submitted(let run):
      [.observe(run)] + limit(rules.limits.queue, from: run.queued, JobWake.queueLimit)
    case .running(let run):
      [.observe(run)] + limit(rules.limits.run, from: run.started ?? run.accepted, JobWake.runLimit)
    case .backingOff(let backingOff):
      [.wake(.backoff(backingOff.until))]
    case .publishing(let run):
      inSpool ? publications.flatMap(publishing) : calling(.fetch(run)) + promoting
    case .withdrawing:
      publications.flatMap(publishing)
    case .cancelling(let stopping):
      [.observe(stopping.run)] + stoppingOwes(stopping)
    case .done, .failed, .cancelled: promoting
    }
  }

  /// What needs no bytes.
  private var promoting: [JobEffect] { publications.filter(\.state.isPromoting).flatMap(publishing) }

  private func calling(_ effect: JobEffect) -> [JobEffect] {
    if let until = call?.until { [.wake(.call(until))] } else { [effect] }
  }

  private func limit(_ limit: Duration?, from: Timestamp, _ wake: (Timestamp) -> JobWake) -> [JobEffect] {
    limit.map { [.wake(wake(from + $0))] } ?? []
  }

  private func publishing(_ publication: PublicationMachine) -> [JobEffect] {
    if let until = publication.wake { return [.wake(.publication(registry: publication.registry, until))] }
    return publication.isActive ? [.publish(registry: publication.registry, attempt: publication.attempt)] : []
  }

  private func stoppingOwes(_ stopping: JobState.Stopping) -> [JobEffect] {
    guard let delivered = stopping.delivered else { return calling(.cancel(stopping.run, force: stopping.forced)) }
    return stopping.forced ? [] : [.wake(.stopLimit(delivered + rules.limits.stop))]
  }

  public func publication(for registry: String) -> PublicationMachine? {
    publications.first { $0.registry == registry }
  }

  /// The same job with other publications: a store keeps them in rows of their own.
  public func withPublications(_ publications: [PublicationMachine]) -> JobMachine {
    var copy = self
    copy.publications = publications
    return copy
  }
}
