import Logging
public import TrainCore

/// How long things are kept.
public struct Retention: Sendable, Hashable {
  public enum SpoolKeep: Sendable, Hashable {
    case untilPublished
    case forever
    case age(Duration)
  }

  public var history: Duration
  public var spool: SpoolKeep

  public init(history: Duration = .seconds(90 * 86_400), spool: SpoolKeep = .untilPublished) {
    self.history = history
    self.spool = spool
  }
}

extension Engine {
  /// Frees the spool of what is done.
  public func sweepSpool(_ retention: Retention) async throws(Fault) { try await freeSpool(retention.spool) }

  /// Prunes what is old, and forgets tombstones whose spec is gone.
  /// - Parameter specs: reads the names of the specs that exist; asked only when there are tombstones. `nil` = that
  ///   can't be told now, and no tombstone is forgotten.
  public func sweepHistory(_ retention: Retention, specs: @Sendable () -> Set<String>?) async throws(Fault) {
    let now = parts.time.now
    var old = JobQuery(states: [.done, .failed, .cancelled], order: .oldestFirst)
    old.changedBefore = now - retention.history
    let pruned = try await parts.store.jobs(old).filter(\.machine.isAtRest)
    for record in pruned { try await forget(record) }
    let tombstones = try await parts.store.tombstones()
    guard !tombstones.isEmpty, let known = specs() else { return }
    let orphans = tombstones.filter { !known.contains($0.spec) }
    if !orphans.isEmpty { try await parts.store.bury(orphans.map(\.id)) }
  }

  /// Removes a job that has ended, leaving its tombstone. What its uploads hold is freed if that can be done at once.
  /// - Returns: what stays at registries, in words.
  @discardableResult
  public func forget(_ record: JobRecord) async throws(Fault) -> [String] {
    guard record.machine.state.isTerminal else {
      throw Fault.permanent(
        .rejected, "\(record.id) is \(record.machine.state.word.rawValue)", hint: "cancel it first")
    }
    if record.machine.publications.contains(where: \.state.isPromoting) {
      throw Fault.permanent(.rejected, "an alias is being moved for \(record.id)", hint: "try again in a while")
    }
    await letGo(record)
    let left = await leavings(of: record)
    // Its files first: whoever dies in between forgets it again, and nothing is left that nobody knows.
    try await parts.spool.remove(record.id)
    try await parts.logs.remove(record.id)
    try await parts.store.prune([record.id], at: parts.time.now)
    await dismiss(record.id)
    return left
  }

  private func leavings(of record: JobRecord) async -> [String] {
    var left: [String] = []
    for leftover in record.machine.leftoversOwed {
      let step = AbandonStep(leftover: leftover, record: record, shell: machinery)
      guard let fault = await step.hurry(within: .seconds(5)) else { continue }
      // It may never have been there.
      if leftover.session == nil, fault.isPermanent { continue }
      var named = leftover
      named.holdings = step.holdings
      left.append("\(leftover.registry) may hold \(named.words): \(fault.message)")
    }
    for line in left {
      parts.logger.notice(
        "forgotten with what was still to be freed", metadata: ["job": "\(record.id)", "left": "\(line)"])
    }
    return left
  }

  private func freeSpool(_ keep: Retention.SpoolKeep) async throws(Fault) {
    let now = parts.time.now
    for id in await parts.spool.jobs {
      guard let record = try await parts.store.job(id), record.machine.inSpool, record.machine.logsOwed.isEmpty
      else { continue }
      let isDue: Bool
      switch keep {
      case .forever: isDue = false
      case .untilPublished: isDue = record.machine.state.word == .done
      case .age(let age): isDue = record.machine.state.isTerminal && record.changed + age <= now
      }
      guard isDue else { continue }
      await letGo(record)
      _ = try await apply(.spoolCleared, to: id)
      try await parts.spool.remove(id)
    }
  }

  /// What lies in the spool for nobody: left by a crash between a stored step and its file operation.
  func clearSpool() async throws(Fault) {
    for id in await parts.spool.jobs {
      if let record = try await parts.store.job(id), record.machine.inSpool || !record.machine.state.isTerminal {
        continue
      }
      try await parts.spool.remove(id)
    }
  }

  /// What the platform keeps only for us may go; if it can't be told now, it stays there.
  private func letGo(_ record: JobRecord) async {
    guard let run = record.machine.lastRun,
      let connection = parts.providers.first(where: { $0.name == record.spec.provider })
    else { return }
    do throws(Fault) {
      try await connection.call(.providerRelease) { (provider) async throws(Fault) in
        try await provider.release(run.handle)
      }
    } catch {
      parts.logger.debug("could not release a run", metadata: ["job": "\(record.id)", "fault": "\(error)"])
    }
  }
}
