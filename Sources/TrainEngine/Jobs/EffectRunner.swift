import Logging
import TrainCore

/// Does what a state owes. Every path ends in an event that changes the state, if only by a stored wait.
struct EffectRunner: Sendable {
  let job: JobActor
  let shell: JobShell

  func perform(_ effect: JobEffect) async {
    let record = await job.record
    switch effect {
    case .submit(let attempt): await submit(record, attempt)
    case .cancel(let run, let force): await cancel(record, run, force)
    case .fetch(let run): await fetch(record, run)
    case .copyLogs(let run): await copyLogs(record, run)
    case .publish(let registry, _): await PublishSession(registry: registry, job: job, shell: shell).run()
    case .abandon(_, let number): await abandon(record, number)
    case .queue, .observe, .wake: break
    }
  }

  @discardableResult
  private func apply(_ event: JobEvent) async -> JobActor.Outcome? { await job.apply(event) }

  // MARK: Submit: look up, ask under a stored intent, adopt

  private func submit(_ record: JobRecord, _ attempt: Int) async {
    guard case .submitting(let submitting) = record.machine.state, submitting.attempt == attempt else { return }
    let submission = Submission(
      job: record.id, attempt: attempt, modelName: record.spec.modelName,
      modelVersion: Submission.remoteVersion(record.version, attempt: attempt), train: record.spec.train,
      identity: record.identity, intended: submitting.intended)
    let connection: ProviderConnection
    let finding: Finding<ProviderHandle>
    do throws(Fault) {
      connection = try shell.provider(of: record)
      finding = try await connection.lookups.find(submission)
    } catch {
      // A refusal says that nothing was started, unless something was before.
      if error.isPermanent, submitting.asked == nil {
        await apply(.submitRefused(attempt: attempt, error))
      } else {
        await apply(.callFailed(.submit, attempt: attempt, error))
      }
      return
    }
    switch finding {
    case .ours(let handle): await apply(.submitted(attempt: attempt, handle))
    case .foreign(let handle, let why): await apply(.foreignFound(attempt: attempt, handle, why: why))
    case .absent:
      if submitting.asked != nil, await !settled(connection, record.id, attempt) { return }
      await create(submission, on: connection)
    }
  }

  /// A lost create is repeated only when its effect has been absent for the connection's settle time.
  private func settled(_ connection: ProviderConnection, _ id: JobID, _ attempt: Int) async -> Bool {
    let since = await shell.doubts.since(id, .submit(attempt: attempt))
    let left = since + connection.settle - shell.time.monotonic
    if left > .zero {
      let fault = Fault.transient(
        .timeout, "the answer to the submission was lost; looking for it on \(connection.name) before asking again",
        after: left)
      await apply(.callFailed(.submit, attempt: attempt, fault))
      return false
    }
    await shell.doubts.forget(id, .submit(attempt: attempt))
    guard let outcome = await apply(.submitAbsent(attempt: attempt)) else { return false }
    return outcome.record.machine.state.word == .submitting
  }

  private func create(_ submission: Submission, on connection: ProviderConnection) async {
    let attempt = submission.attempt
    // Durable before the call; refused when a cancel came first.
    guard let asked = await apply(.submitAsked(attempt: attempt)), asked.changed else { return }
    await shell.doubts.since(submission.job, .submit(attempt: attempt))
    do throws(Fault) {
      let handle = try await connection.call(.providerSubmit) {
        (provider) async throws(Fault) -> ProviderHandle in try await provider.submit(submission)
      }
      await shell.doubts.forget(submission.job, .submit(attempt: attempt))
      await apply(.submitted(attempt: attempt, handle))
    } catch {
      if error.code == .alreadyExists || error.effect == .unknown {
        await shell.doubts.renew(submission.job, .submit(attempt: attempt))
        await apply(.callFailed(.submit, attempt: attempt, error))
        return
      }
      await shell.doubts.forget(submission.job, .submit(attempt: attempt))
      if error.isPermanent {
        await apply(.submitRefused(attempt: attempt, error))
      } else {
        await apply(.submitAbsent(attempt: attempt))
        await apply(.callFailed(.submit, attempt: attempt, error))
      }
    }
  }

  // MARK: Cancel

  private func cancel(_ record: JobRecord, _ run: Run, _ force: Bool) async {
    do throws(Fault) {
      try await shell.provider(of: record).call(.providerCancel) { (provider) async throws(Fault) in
        try await provider.cancel(run.handle, force: force)
      }
      await apply(.cancelDelivered(attempt: run.attempt))
      await shell.pollers[record.spec.provider]?.hurry()
    } catch {
      await apply(.callFailed(.cancel, attempt: run.attempt, error))
    }
  }

  // MARK: Fetch

  private func fetch(_ record: JobRecord, _ run: Run) async {
    let connection: ProviderConnection
    do throws(Fault) { connection = try shell.provider(of: record) } catch {
      await apply(.callFailed(.fetch, attempt: run.attempt, error))
      return
    }
    await connection.fetches.pass {
      if Task.isCancelled { return }
      // What is left belongs to the store: an artifact would eat the space that its reserve gave back.
      if let full = await shell.health.storeIsFull {
        await apply(.callFailed(.fetch, attempt: run.attempt, full))
        return
      }
      do throws(Fault) {
        let sink = try await shell.spool.sink(for: record.id, attempt: run.attempt)
        do throws(Fault) {
          try await connection.call(.providerFetch) { (provider) async throws(Fault) in
            try await provider.fetch(run.handle, into: sink)
          }
          let artifact = try signed(try await sink.complete(), record, run)
          await apply(.fetched(attempt: run.attempt, artifact))
          await sink.forgetTags()
        } catch {
          await sink.close()
          throw error
        }
      } catch {
        await shell.health.fetchFailed(error, of: record.id)
        if error.isPermanent, error.code != .unauthorized {
          await apply(.fetchRefused(attempt: run.attempt, error))
        } else {
          await apply(.callFailed(.fetch, attempt: run.attempt, error))
        }
      }
    }
  }

  /// A key that can't be used now is waited for: nothing is published unsigned that was to be signed.
  private func signed(_ artifact: Artifact, _ record: JobRecord, _ run: Run) throws(Fault) -> Artifact {
    guard let credential = record.spec.signingKey, record.machine.artifact?.signature == nil else { return artifact }
    guard let signer = shell.signer else { return artifact }
    var signed = artifact
    do throws(Fault) {
      signed.signature = try signer.signature(
        of: Release(record, run, artifact: artifact, directory: "", options: .empty), by: credential)
    } catch {
      throw Fault.transient(.unavailable, error.message, hint: error.hint, effect: .none)
    }
    return signed
  }

  // MARK: Abandon

  private func abandon(_ record: JobRecord, _ number: Int) async {
    guard let leftover = record.machine.leftover(number) else { return }
    let step = AbandonStep(leftover: leftover, record: record, shell: shell)
    do throws(Fault) {
      try await step.take()
      await apply(.abandoned(leftover: number))
    } catch {
      if error.code == .interrupted { return }
      await apply(.abandonFailed(leftover: number, error, holdings: step.holdings))
    }
  }

  // MARK: Logs

  private func copyLogs(_ record: JobRecord, _ run: Run) async {
    do throws(Fault) {
      let connection = try shell.provider(of: record)
      try await shell.logs.begin(record.id, attempt: run.attempt)
      var cursor: String?
      while true {
        let after = cursor
        let page = try await connection.call(.providerLogs) { (provider) async throws(Fault) -> LogPage in
          try await provider.logs(run.handle, after: after)
        }
        if !page.text.isEmpty {
          guard try await shell.logs.append(page.text, to: record.id, attempt: run.attempt) else { break }
        }
        guard page.hasMore, let next = page.next, next != cursor else { break }
        cursor = next
      }
      try await shell.logs.finish(record.id, attempt: run.attempt)
      guard let outcome = await apply(.logsCopied(attempt: run.attempt)), !outcome.record.machine.trained else {
        return
      }
      // An attempt that came to nothing leaves nothing to fetch: what the platform keeps only for us may go.
      do throws(Fault) {
        try await connection.call(.providerRelease) { (provider) async throws(Fault) in
          try await provider.release(run.handle)
        }
      } catch {
        shell.logger.debug("could not release a run", metadata: ["job": "\(record.id)", "fault": "\(error)"])
      }
    } catch {
      let tries = record.machine.logsOwed.first { $0.run.attempt == run.attempt }?.call?.tries ?? 0
      // What can't be had any more is not asked for for ever.
      if tries >= 100 || (error.isPermanent && error.code != .unauthorized) {
        shell.logger.notice(
          "could not keep the training's output",
          metadata: ["job": "\(record.id)", "attempt": "\(run.attempt)", "fault": "\(error)"])
        await apply(.logsCopied(attempt: run.attempt))
      } else {
        await apply(.callFailed(.logs, attempt: run.attempt, error))
      }
    }
  }
}
