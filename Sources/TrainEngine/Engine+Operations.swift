public import TrainCore

/// What an operator's request came to.
public enum OperationResult: Sendable, Hashable {
  case noSuchJob
  /// The job's state gives the request no meaning; the record says where it is.
  case unchanged(JobRecord)
  /// Done and durable.
  case changed(JobRecord)
  /// Nothing was promised: the job could not be read, or the change not stored.
  case failed(Fault)
}

extension Engine {
  public func cancel(_ id: JobID, by actor: Operator?) async -> OperationResult {
    await operate(.cancelRequested(actor), on: id)
  }

  public func hold(_ id: JobID, by actor: Operator?) async -> OperationResult {
    await operate(.holdRequested(actor), on: id)
  }

  public func release(_ id: JobID, adopt: Bool, by actor: Operator?) async -> OperationResult {
    await operate(.releaseRequested(actor, adopt: adopt), on: id)
  }

  public func retry(_ id: JobID, by actor: Operator?) async -> OperationResult {
    await operate(.retryRequested(actor), on: id)
  }

  public func publish(_ id: JobID, registry: String?, by actor: Operator?) async -> OperationResult {
    await operate(.publishRequested(actor, registry: registry), on: id)
  }

  public func giveUp(_ id: JobID, registry: String, by actor: Operator?) async -> OperationResult {
    await operate(.giveUpRequested(actor, registry: registry), on: id)
  }

  public func promote(_ id: JobID, registry: String?, alias: String?, by actor: Operator?) async -> OperationResult {
    await operate(.promoteRequested(actor, registry: registry, alias: alias), on: id)
  }

  public func demote(_ id: JobID, registry: String?, by actor: Operator?) async -> OperationResult {
    await operate(.demoteRequested(actor, registry: registry), on: id)
  }

  private func operate(_ event: JobEvent, on id: JobID) async -> OperationResult {
    await operate { () async throws(Fault) -> JobActor.Outcome? in try await apply(event, to: id) }
  }

  private func operate(_ work: () async throws(Fault) -> JobActor.Outcome?) async -> OperationResult {
    do throws(Fault) {
      guard let outcome = try await work() else { return .noSuchJob }
      return outcome.changed ? .changed(outcome.record) : .unchanged(outcome.record)
    } catch {
      return .failed(error)
    }
  }

  /// Takes new jobs in: durable before anyone hears their ids.
  public func accept(_ jobs: [JobRecord], by actor: Operator?) async throws(Fault) -> [JobRecord] {
    guard !jobs.isEmpty else { return [] }
    let new = jobs.map { record in
      NewJob(
        record: record,
        accepted: Transition(
          time: record.created, from: .queued, to: .queued, message: "accepted", attempt: 1, actor: actor,
          detail: ["provider": .string(record.spec.provider), "identity": .string(record.identity)]))
    }
    let store = parts.store
    try beginIntake()
    defer { endIntake() }
    let health = machinery.health
    if let full = await health.storeIsFull {
      throw Fault.transient(
        .diskFull, "no new job is taken while the disk is full: \(full.message)", hint: full.hint, effect: .none)
    }
    let stored: [JobRecord]
    do throws(Fault) { stored = try await store.create(new) } catch {
      await health.requestFailed(error)
      throw error
    }
    for record in stored {
      if let events = try? await store.events(after: 0, job: record.id, limit: 1) {
        parts.announce(events, record)
        await feed.announce(events)
      }
      await take(record)
    }
    return stored
  }

  /// Lets a live job go by what its spec says now (`publish`, `limits`, `retry`).
  public func update(_ id: JobID, to spec: JobSpec) async -> OperationResult {
    await operate { () async throws(Fault) -> JobActor.Outcome? in
      guard let record = try await parts.store.job(id) else { return nil }
      if record.spec == spec { return JobActor.Outcome(changed: false, record: record, transitions: []) }
      return try await apply(.rulesChanged(parts.settings.rules(for: spec, id: id)), to: id, spec: spec)
    }
  }
}
