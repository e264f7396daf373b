import Logging
import TrainCore

/// Works one publication: find -> open -> parts -> seal -> find -> commit -> verify, going on from where its stored
/// state is.
/// Ends when the publication is settled, waits, or is no longer owed.
struct PublishSession: Sendable {
  let registry: String
  let job: JobActor
  let shell: JobShell

  /// Corrections of the offset in a row before it counts as a failed call.
  private let mostRealignments = 8

  func run() async {
    guard let connection = shell.registries[registry] else {
      await apply(.callFailed(.notConfigured(registry: registry)))
      return
    }
    await connection.sessions.pass { await work(connection) }
  }

  @discardableResult
  private func apply(_ event: PublicationMachine.Event) async -> JobActor.Outcome? {
    await job.apply(.publication(registry: registry, event))
  }

  private func work(_ connection: RegistryConnection) async {
    var realignments = 0
    while !Task.isCancelled {
      let record = await job.record
      guard let publication = record.machine.publication(for: registry), publication.isActive,
        let release = Release(record, for: registry, in: shell.spool)
      else { return }
      do throws(Fault) {
        switch publication.state {
        case .waiting: try await open(connection, release, record)
        case .uploading(let session, let sent, _): try await upload(connection, release, session, sent)
        case .committing(let session, let asked, _):
          if try await !commit(connection, release, session, asked, publication.stopping) { return }
        case .promoting(let version, _, let promotion):
          try await PromoteStep(connection: connection, release: release, version: version, apply: apply).take(
            promotion)
        case .committed, .failed: return
        }
        realignments = 0
        // Nothing of the step could be stored: the process is ending, or the job is gone.
        guard await job.record.machine != record.machine else { return }
      } catch {
        if error.code == .misaligned, realignments < mostRealignments {
          realignments += 1
          continue
        }
        if publication.state.isPromoting {
          await apply(error.isPermanent && error.code != .unauthorized ? .refused(error) : .callFailed(error))
        } else {
          await failed(error, record)
        }
        return
      }
    }
  }

  // MARK: The steps

  private func open(
    _ connection: RegistryConnection, _ release: Release, _ record: JobRecord
  ) async throws(Fault) {
    guard let run = record.machine.lastRun,
      try await shell.spool.holds(release.artifact, of: record.id, attempt: run.attempt, deep: false)
    else {
      // Never publish what is not what was fetched: fetch it again.
      _ = await job.apply(.spoolCleared)
      return
    }
    if try await adopt(connection, release) { return }
    // Durable before the call: what it opens is to be freed, even if nobody hears of it.
    guard let asked = await apply(.openAsked), asked.fault == nil,
      asked.record.machine.publication(for: registry)?.isActive == true
    else { return }
    let opening: UploadOpening
    do throws(Fault) {
      opening = try await connection.call(.registryOpen) { (registry) async throws(Fault) -> UploadOpening in
        try await registry.open(release)
      }
    } catch {
      if error.effect == .none { await apply(.openDenied) }
      throw error
    }
    await apply(.opened(opening.session, total: opening.total))
  }

  /// Takes what is there already: `true` = the publication is settled.
  private func adopt(_ connection: RegistryConnection, _ release: Release) async throws(Fault) -> Bool {
    let finding = try await connection.call(.registryFind) {
      (registry) async throws(Fault) -> Finding<RemoteVersion> in try await registry.find(release)
    }
    switch finding {
    case .absent: return false
    case .ours(let version):
      try await verify(connection, release, version)
      return true
    case .foreign(let version, let why):
      await apply(
        .refused(
          .permanent(
            .alreadyExists,
            "\(registry) holds \(release.modelName) \(release.modelVersion) (\(version.id)) already: \(why)",
            hint: "publish under another version, or remove what is there and say `trainctl publish`")))
      return true
    }
  }

  private func verify(
    _ connection: RegistryConnection, _ release: Release, _ version: RemoteVersion
  ) async throws(Fault) {
    try await connection.call(.registryVerify) { (registry) async throws(Fault) in
      try await registry.verify(version, for: release)
    }
    await apply(.committed(version, bytes: release.artifact.bytes))
  }

  private func upload(
    _ connection: RegistryConnection, _ release: Release, _ session: UploadSession, _ sent: Int64
  ) async throws(Fault) {
    var receipts = try await shell.store.receipts(of: release.job, registry: registry)
    let known = receipts
    let plan = try await connection.call(.registryRemaining) { (registry) async throws(Fault) -> UploadPlan in
      try await registry.remaining(of: session, for: release, receipts: known)
    }
    if plan.session != session || plan.sent != sent {
      await apply(.advanced(plan.session, sent: plan.sent, receipt: nil))
    }
    receipts += try await send(connection, release, plan)
    if Task.isCancelled { throw Fault.transient(.interrupted, "the upload was interrupted", effect: .none) }
    let all = receipts
    let sealed = try await connection.call(.registrySeal) { (registry) async throws(Fault) -> UploadSession in
      try await registry.seal(plan.session, for: release, receipts: all)
    }
    await apply(.sealed(sealed))
  }

  /// Sends the parts of a plan, as many at once as the registry takes; each is stored as soon as it is acknowledged.
  private func send(
    _ connection: RegistryConnection, _ release: Release, _ plan: UploadPlan
  ) async throws(Fault) -> [PartReceipt] {
    let width = max(1, connection.registry.traits.parallelParts)
    let progress = Progress(sent: plan.sent)
    let result: Result<[PartReceipt], Fault> = await withTaskGroup(of: Result<PartReceipt, Fault>.self) { group in
      var parts = plan.parts.makeIterator()
      var receipts: [PartReceipt] = []
      var fault: Fault?
      func next() {
        guard fault == nil, !Task.isCancelled, let part = parts.next() else { return }
        group.addTask { await sendOne(part, connection, release, plan.session, progress) }
      }
      for _ in 0..<width { next() }
      while let result = await group.next() {
        switch result {
        case .success(let receipt): receipts.append(receipt)
        case .failure(let error): if fault == nil { fault = error }
        }
        next()
      }
      if let fault { return .failure(fault) }
      return .success(receipts)
    }
    return try result.get()
  }

  private func sendOne(
    _ part: UploadPart, _ connection: RegistryConnection, _ release: Release, _ session: UploadSession,
    _ progress: Progress
  ) async -> Result<PartReceipt, Fault> {
    do throws(Fault) {
      let pace = shell.pace
      let receipt = try await connection.call(.registrySend) { (registry) async throws(Fault) -> PartReceipt in
        try await registry.send(part, of: release, in: session, pace: pace)
      }
      let sent = await progress.add(receipt.length)
      await apply(.advanced(session, sent: sent, receipt: receipt))
      await shell.progress(
        UploadProgress(job: release.job, registry: registry, sent: sent, total: release.artifact.bytes))
      return .success(receipt)
    } catch {
      return .failure(error)
    }
  }

  private actor Progress {
    private var sent: Int64
    init(sent: Int64) { self.sent = sent }
    func add(_ bytes: Int64) -> Int64 {
      sent += bytes
      return sent
    }
  }

  /// `false` = end here: settled, or waiting for a doubt to settle.
  private func commit(
    _ connection: RegistryConnection, _ release: Release, _ session: UploadSession, _ asked: Timestamp?,
    _ stopping: Bool
  ) async throws(Fault) -> Bool {
    if try await adopt(connection, release) { return false }
    if asked != nil {
      let left =
        await shell.doubts.since(release.job, .commit(registry: registry)) + connection.settle - shell.time.monotonic
      if left > .zero {
        throw Fault.transient(
          .timeout, "the answer to the commit was lost; looking for it on \(registry) before asking again", after: left)
      }
      await shell.doubts.forget(release.job, .commit(registry: registry))
      await apply(.commitAbsent)
      return !stopping
    }
    guard let outcome = await apply(.commitAsked), outcome.changed else { return false }
    await shell.doubts.since(release.job, .commit(registry: registry))
    let version: RemoteVersion
    do throws(Fault) {
      version = try await connection.call(.registryCommit) { (registry) async throws(Fault) -> RemoteVersion in
        try await registry.commit(session, for: release)
      }
    } catch {
      // An upload that is gone was not committed: had it been, it would have been found before the call.
      if error.code == .sessionExpired || (error.effect == .none && error.code != .alreadyExists) {
        await shell.doubts.forget(release.job, .commit(registry: registry))
        await apply(.commitAbsent)
      } else {
        await shell.doubts.renew(release.job, .commit(registry: registry))
      }
      throw error
    }
    await shell.doubts.forget(release.job, .commit(registry: registry))
    try await verify(connection, release, version)
    return false
  }

  private func failed(_ fault: Fault, _ record: JobRecord) async {
    if fault.code == .interrupted { return }
    switch fault.code {
    case .sessionExpired: await apply(.expired(fault))
    // An answer that contradicts our look-up: look again before anything else.
    case .alreadyExists: await apply(.callFailed(fault))
    case .corrupted: await corrupted(fault, record)
    // A file that is gone or cut short, perhaps: that is no refusal of the registry's.
    case .notFound where fault.isPermanent, .io where fault.isPermanent: await corrupted(fault, record)
    case .unauthorized: await apply(.callFailed(fault))
    default: await apply(fault.isPermanent ? .refused(fault) : .callFailed(fault))
    }
  }

  /// Bytes did not match on the way, or could not be read: are ours still what was fetched?
  private func corrupted(_ fault: Fault, _ record: JobRecord) async {
    guard let artifact = record.machine.artifact, let run = record.machine.lastRun else { return }
    do throws(Fault) {
      let isWhole = try await shell.spool.holds(artifact, of: record.id, attempt: run.attempt, deep: true)
      // Another registry's session saw it too, and the bytes were fetched again meanwhile: what failed is no longer.
      if Task.isCancelled { return }
      if isWhole {
        await apply(fault.isPermanent ? .refused(fault) : .expired(fault))
      } else {
        try await shell.spool.remove(record.id)
        await apply(.expired(fault))
        _ = await job.apply(.spoolCleared)
      }
    } catch {
      await apply(.callFailed(error))
    }
  }
}
