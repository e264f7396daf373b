internal import Logging
internal import TrainControl
internal import TrainCore
internal import TrainEngine

extension Operations {
  private func platform(of provider: String, _ what: String) async throws(ControlError) -> any Platform {
    guard let found = await specs.providers[provider] else {
      throw ControlError(
        .notFound, what, "there is no provider '\(provider)'",
        hint: "traind.yaml has \(await specs.providers.keys.sorted().joined(separator: ", "))")
    }
    guard let platform = found.platform else {
      throw ControlError(.unsupported, what, "\(provider) (\(found.traits.kind)) has no catalogue of jobs")
    }
    return platform
  }

  func platformJobs(of provider: String, status: String?) async throws(ControlError) -> [JSON] {
    let what = "jobs list --provider \(provider)"
    let platform = try await platform(of: provider, what)
    return try await ask(what) { () async throws(Fault) in try await platform.list(status: status) }
  }

  func platformJob(_ id: String, of provider: String) async throws(ControlError) -> JSON {
    let what = "jobs show \(id)"
    let platform = try await platform(of: provider, what)
    return try await ask(what) { () async throws(Fault) in try await platform.show(id) }
  }

  func cancelPlatformJob(_ id: String, of provider: String, by actor: Operator) async throws(ControlError) {
    let what = "jobs cancel \(id)"
    let platform = try await platform(of: provider, what)
    try await ask(what) { () async throws(Fault) in try await platform.cancel(id) }
    log("an operator cancelled a platform's job", by: actor, ["provider": "\(provider)", "remote_id": "\(id)"])
  }

  func platformLogs(_ id: String, of provider: String, after cursor: String?) async throws(ControlError) -> LogView {
    let what = "jobs logs \(id)"
    let platform = try await platform(of: provider, what)
    let page = try await ask(what) { () async throws(Fault) in try await platform.logs(id, after: cursor) }
    return LogView(text: page.text, next: page.next, hasMore: page.hasMore, ended: !page.hasMore)
  }

  /// Adopting is releasing a held job of ours with `--adopt`: the spec says what the platform's job is to us.
  func adoptPlatformJob(
    _ id: String, of provider: String, _ request: AdoptRequest, by actor: Operator
  ) async throws(ControlError) -> StartView {
    let what = "jobs adopt \(id)"
    let engine = await engine
    let held = try await ask(what) { () async throws(Fault) in
      try await engine.store.jobs(JobQuery(states: [.queued], spec: request.spec))
    }.filter { $0.spec.provider == provider && $0.machine.hold?.reason == .alreadyExists }
    guard held.count == 1, let record = held.first else {
      throw ControlError(
        held.isEmpty ? .notFound : .conflict, what,
        held.isEmpty
          ? "no job of ours waits for something that is on \(provider) already"
          : "several jobs wait for something on \(provider): \(held.map(\.id.description).joined(separator: ", "))",
        hint: "write a spec with the same model, version and train, apply it, then name it with --spec")
    }
    return StartView(job: try await release(record.id, ReleaseRequest(adopt: true), by: actor), isNew: false)
  }
}
