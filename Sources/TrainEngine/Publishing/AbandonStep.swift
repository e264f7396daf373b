import TrainCore

/// Frees what one upload holds that nobody goes on with, as far as its registry does.
struct AbandonStep: Sendable {
  let leftover: Leftover
  let record: JobRecord
  let shell: JobShell

  /// One call, or none where it is too early for it.
  func take() async throws(Fault) {
    guard let connection = shell.registries[leftover.registry] else {
      throw .notConfigured(registry: leftover.registry)
    }
    if leftover.session == nil {
      // Who has just been asked may still be opening it.
      let left =
        await shell.doubts.since(record.id, .open(leftover: leftover.number)) + connection.settle
        - shell.time.monotonic
      if left > .zero {
        throw .transient(
          .timeout, "the answer to the opening of an upload was lost; what it opened is looked for later", after: left,
          effect: .none)
      }
    }
    do throws(Fault) { try await free(connection) } catch {
      if error.isPermanent { await shell.doubts.forget(record.id, .open(leftover: leftover.number)) }
      throw error
    }
    await shell.doubts.forget(record.id, .open(leftover: leftover.number))
  }

  private func free(_ connection: RegistryConnection) async throws(Fault) {
    guard let release = Release(record, for: leftover.registry, in: shell.spool) else {
      throw .permanent(.internalError, "the job has no artifact")
    }
    let receipts = try await shell.store.receipts(of: record.id, registry: leftover.registry)
    let upload = AbandonedUpload(
      session: leftover.session, commitAsked: leftover.commitAsked, receipts: receipts,
      kept: record.machine.publication(for: leftover.registry)?.state.session)
    do throws(Fault) {
      try await connection.call(.registryAbandon) { (registry) async throws(Fault) in
        try await registry.abandon(upload, of: release)
      }
    } catch {
      guard error.code == .sessionExpired else { throw error }
      // There is nothing to find it by, and there never will be.
      throw .permanent(.sessionExpired, error.message)
    }
  }

  /// The last chance, for somebody who waits.
  func hurry(within limit: Duration) async -> Fault? {
    guard let connection = shell.registries[leftover.registry] else {
      return .notConfigured(registry: leftover.registry)
    }
    let time = shell.time
    return await withTaskGroup(of: Fault?.self) { group in
      group.addTask {
        do throws(Fault) {
          try await free(connection)
          return nil
        } catch {
          return error
        }
      }
      group.addTask {
        try? await time.sleep(until: time.monotonic + limit)
        return .transient(.timeout, "\(leftover.registry) did not answer within \(limit)")
      }
      let first = await group.next()
      group.cancelAll()
      return first ?? nil
    }
  }

  /// What is there, in the registry's words.
  var holdings: [String] {
    guard let session = leftover.session, let connection = shell.registries[leftover.registry] else { return [] }
    return connection.registry.holdings(of: session)
  }
}

extension Fault {
  static func notConfigured(registry: String) -> Fault {
    .transient(
      .unavailable, "the registry \(registry) is not configured any more",
      hint: "add it under registries: again and restart traind, or take it out of the spec", effect: .none)
  }
}
