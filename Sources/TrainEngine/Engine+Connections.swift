public import TrainCore

/// A connection's state, for `status`, `doctor` and the `unreachable` overlay.
public struct ConnectionStatus: Sendable, Hashable {
  public var name: String
  public var kind: String
  public var guarantee: ProviderTraits.Guarantee
  /// Since when it has not answered; `nil` = it answers, as far as is known.
  public var unreachableSince: Timestamp?
  public var fault: Fault?
  public var nextCheck: Timestamp?
  public var waiting = 0
  public var running = 0
}

extension Engine {
  public func providerStatus(_ name: String) async -> ConnectionStatus? {
    let shell = machinery
    guard let connection = shell.providers[name] else { return nil }
    let traits = connection.provider.traits
    var status = ConnectionStatus(name: name, kind: traits.kind, guarantee: traits.guarantee)
    let outage = await connection.gate.outage
    status.unreachableSince = outage?.since
    status.fault = outage?.fault
    status.nextCheck = await shell.pollers[name]?.nextCheck
    if let load = await shell.schedulers[name]?.load {
      status.waiting = load.waiting
      status.running = load.holding
    }
    return status
  }

  public func registryStatus(_ name: String) async -> ConnectionStatus? {
    guard let connection = machinery.registries[name] else { return nil }
    let traits = connection.registry.traits
    var status = ConnectionStatus(name: name, kind: traits.kind, guarantee: traits.guarantee)
    let outage = await connection.gate.outage
    status.unreachableSince = outage?.since
    status.fault = outage?.fault
    return status
  }

  /// Bytes that the spool holds or has promised.
  public var spoolUsed: Int64 { get async { await parts.spool.used } }

  public var providerNames: [String] { parts.providers.map(\.name) }
  public var registryNames: [String] { parts.registries.map(\.name) }

  public nonisolated func provider(_ name: String) -> (any Provider)? {
    parts.providers.first { $0.name == name }?.provider
  }

  public nonisolated func registry(_ name: String) -> (any Registry)? {
    parts.registries.first { $0.name == name }?.registry
  }

  /// Somebody watches: poll at the fastest pace.
  public func hurry(_ provider: String) async { await machinery.pollers[provider]?.hurry() }

  /// While draining no new attempt is started; what runs goes on.
  public func drain(_ isDraining: Bool) async {
    for scheduler in machinery.schedulers.values { await scheduler.pause("drain", isDraining) }
  }

  /// A page of a run's output: what is kept here once the run has ended, else what the provider has now.
  public func logs(_ record: JobRecord, after cursor: String?) async throws(Fault) -> LogPage {
    guard let run = record.machine.lastRun else { return LogPage(text: "", next: nil, hasMore: false) }
    let isEnded = record.machine.state.run == nil || record.machine.state.word == .publishing
    if isEnded, !record.machine.logsOwed.contains(where: { $0.run.attempt == run.attempt }) {
      let offset = cursor.flatMap(Self.offset(in:)) ?? 0
      guard let page = await parts.logs.read(record.id, attempt: run.attempt, from: offset) else {
        return LogPage(text: "", next: nil, hasMore: false)
      }
      return LogPage(text: page.text, next: "kept:\(page.next)", hasMore: page.hasMore)
    }
    guard let connection = machinery.providers[record.spec.provider] else {
      throw Fault.permanent(.unavailable, "the provider \(record.spec.provider) is not configured any more")
    }
    let inner = cursor.flatMap { $0.hasPrefix("live:") ? String($0.dropFirst(5)) : nil }
    let page = try await connection.call(.providerLogs) { (provider) async throws(Fault) -> LogPage in
      try await provider.logs(run.handle, after: inner)
    }
    return LogPage(text: page.text, next: page.next.map { "live:\($0)" }, hasMore: page.hasMore)
  }

  private static func offset(in cursor: String) -> Int64? {
    cursor.hasPrefix("kept:") ? Int64(cursor.dropFirst(5)) : nil
  }

  /// The last lines that a job's training wrote, where they are kept.
  public func logTail(_ record: JobRecord, lines: Int = 5) async -> String {
    guard let run = record.machine.lastRun else { return "" }
    return await parts.logs.tail(record.id, attempt: run.attempt, lines: lines)
  }
}
