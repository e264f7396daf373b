internal import Logging
internal import TrainConfig
internal import TrainControl
internal import TrainCore
internal import TrainEngine

extension Operations {
  func apply(_ request: ApplyRequest, by actor: Operator) async throws(ControlError) -> ApplyView {
    try await apply(dryRun: request.dryRun, by: actor)
  }

  /// Reads the specs and starts what is new; `actor` = nil at the daemon's start and on a reload.
  func apply(dryRun: Bool, by actor: Operator?) async throws(ControlError) -> ApplyView {
    await applying.enter()
    defer { Task { await applying.leave() } }
    let reading = await specs.read()
    let engine = await engine
    var plan = try await ask("apply") { () async throws(Fault) in try await engine.plan(reading.specs) }
    let doubts = await checkProvenance(of: &plan)
    var view = ApplyView(
      dryRun: dryRun, started: plan.new.map(\.id), updated: plan.changed.map(\.id), unchanged: plan.unchanged,
      manual: plan.manual)
    view.refused =
      reading.problems.filter { $0.severity == .error }.map {
        .init(spec: Self.specName(of: $0.place.file), place: $0.place.description, message: $0.message, hint: $0.hint)
      }
      + plan.refused.map { .init(spec: $0.spec, message: $0.message, hint: $0.hint, differences: $0.differences) }
    view.warnings = reading.problems.filter { $0.severity != .error }.map(\.description) + doubts
    guard !dryRun else { return view }
    let checked = plan
    let accepted = try await ask("apply") { () async throws(Fault) in try await engine.carryOut(checked, by: actor) }
    view.started = accepted.map(\.id)
    for record in accepted { view.warnings += await warnings(for: record.spec) }
    log("applied the specs", by: actor, ["started": "\(view.started.count)", "refused": "\(view.refused.count)"])
    return view
  }

  private static func specName(of file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
  }

  func run(_ request: RunRequest, by actor: Operator) async throws(ControlError) -> StartView {
    let what = "run \(request.spec)"
    let reading = await specs.read()
    guard reading.names.contains(request.spec) else {
      throw ControlError(.notFound, what, "there is no spec '\(request.spec)'", hint: "specs are jobs.d/NAME.yaml")
    }
    guard let spec = reading.specs.first(where: { $0.name == request.spec }) else {
      let problems = reading.problems.filter { Self.specName(of: $0.place.file) == request.spec }
      throw ControlError(.badSpec, what, problems.map(\.description).joined(separator: "\n"))
    }
    let changed: JobSpec
    do throws(Fault) { changed = try spec.overriding(version: request.version, settings: request.sets) } catch {
      throw ControlError(.badSpec, what, error.message, hint: error.hint)
    }
    let problems = await specs.problems(in: changed)
    guard problems.isEmpty else {
      throw ControlError(.badSpec, what, problems.map { "\($0.path): \($0.message)" }.joined(separator: "\n"))
    }
    let isChanged = changed != spec
    return try await start(
      changed, configured: spec, origin: isChanged ? .submitted(actor) : .specDirectory, what, by: actor)
  }

  func submit(_ bytes: [UInt8], fileName: String, by actor: Operator) async throws(ControlError) -> StartView {
    let what = "submit \(fileName)"
    let located: LocatedSpec
    do throws(ConfigProblems) {
      located = try SpecDecoder().decode(bytes, file: fileName, name: try SpecDecoder.name(ofFile: fileName))
    } catch {
      throw ControlError(.badSpec, what, error.description)
    }
    let problems = await specs.problems(in: located)
    guard problems.isEmpty else {
      throw ControlError(.badSpec, what, problems.map(\.description).joined(separator: "\n"))
    }
    return try await start(located.spec, configured: nil, origin: .submitted(actor), what, by: actor)
  }

  /// - Parameter configured: the spec in the configuration that this one was made from.
  private func start(
    _ spec: JobSpec, configured: JobSpec?, origin: JobRecord.Origin, _ what: String, by actor: Operator
  ) async throws(ControlError) -> StartView {
    let runsHere = await specs.providers[spec.provider]?.traits.kind == "local"
    try CommandRule(runsHere: runsHere, configured: configured).check(spec, by: actor, what: what)
    await applying.enter()
    defer { Task { await applying.leave() } }
    let engine = await engine
    var plan = try await ask(what) { () async throws(Fault) in
      try await engine.plan([spec], isExplicit: true, origin: origin)
    }
    let doubts = await checkProvenance(of: &plan)
    if let refusal = plan.refused.first {
      throw ControlError(.conflict, what, refusal.text, hint: refusal.hint)
    }
    let checked = plan
    let accepted = try await ask(what) { () async throws(Fault) in try await engine.carryOut(checked, by: actor) }
    if let record = accepted.first {
      log("took a job in", by: actor, ["job": "\(record.id)"])
      return StartView(job: await view(record), isNew: true, warnings: doubts + (await warnings(for: spec)))
    }
    guard let id = (plan.changed.map(\.id) + plan.unchanged).first else {
      throw ControlError(.internalError, what, "nothing came of it")
    }
    do throws(Fault) {
      if let record = try await engine.store.job(id) { return StartView(job: await view(record), isNew: false) }
    } catch {
      throw ControlError(error, what: what)
    }
    throw ControlError(
      .conflict, what, "\(id) was trained before and is forgotten; nothing is ever trained again by forgetting",
      hint: "give it a new version: trainctl run \(spec.name) --version V")
  }

  /// What an operator should know before it hurts; a provider that can't be asked now has nothing to say.
  private func warnings(for spec: JobSpec) async -> [String] {
    guard let provider = await specs.providers[spec.provider] else { return [] }
    do throws(Fault) {
      let warnings = try await provider.warnings(for: spec)
      for warning in warnings { logger.notice("\(warning)", metadata: ["spec": "\(spec.name)"]) }
      return warnings
    } catch {
      logger.debug("could not ask for warnings", metadata: ["spec": "\(spec.name)", "fault": "\(error)"])
      return []
    }
  }

  func cancel(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView {
    try await changed(await engine.cancel(job, by: actor), job, "cancel", actor) { record in
      record.machine.state.isTerminal && record.machine.state.word != .cancelled
        ? "it is \(record.machine.state.word.rawValue) already" : nil
    }
  }

  func hold(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView {
    try await changed(await engine.hold(job, by: actor), job, "hold", actor) { record in
      record.machine.state.isTerminal ? "it is \(record.machine.state.word.rawValue)" : nil
    }
  }

  func release(_ job: JobID, _ request: ReleaseRequest, by actor: Operator) async throws(ControlError) -> JobView {
    try await changed(await engine.release(job, adopt: request.adopt, by: actor), job, "release", actor) { record in
      record.machine.hold == nil ? "it is not held" : nil
    }
  }

  func retry(_ job: JobID, by actor: Operator) async throws(ControlError) -> JobView {
    try await changed(await engine.retry(job, by: actor), job, "retry", actor) { record in
      "it is \(record.machine.state.word.rawValue); only a failed or cancelled job can be retried"
    }
  }

  func publish(_ job: JobID, _ request: PublishRequest, by actor: Operator) async throws(ControlError) -> JobView {
    if let registry = request.giveUp {
      let result = await engine.giveUp(job, registry: registry, by: actor)
      return try await changed(result, job, "publish --give-up \(registry)", actor) { record in
        record.machine.publication(for: registry) == nil
          ? "it does not publish to '\(registry)'" : "that publication is settled already"
      }
    }
    let result = await engine.publish(job, registry: request.registry, by: actor)
    return try await changed(result, job, "publish", actor) { record in
      if !record.machine.trained { return "it has not finished training" }
      if let registry = request.registry, record.machine.publication(for: registry) == nil {
        return "it does not publish to '\(registry)'; add it to the spec's publish and apply"
      }
      return "everything is published already"
    }
  }

  func promote(_ job: JobID, _ request: PromoteRequest, by actor: Operator) async throws(ControlError) -> JobView {
    let verb = request.back ? "promote --back" : "promote"
    let published = try await record(job, doing: "\(verb) \(job)").machine.publications
    let wanted = published.filter { request.registry == nil || $0.registry == request.registry }
    var places: [String] = []
    for publication in wanted {
      if let registry = await specs.registries[publication.registry], !registry.traits.hasAliases { continue }
      places.append(publication.registry)
    }
    if places.isEmpty, !wanted.isEmpty {
      let kinds = await specs.registries.filter { name, _ in wanted.contains { $0.registry == name } }
        .map(\.value.traits.kind).sorted()
      throw ControlError(
        .unsupported, "\(verb) \(job)", "a registry of kind \(kinds.joined(separator: " or ")) has no aliases")
    }
    let result =
      request.back
      ? await engine.demote(job, registry: request.registry, by: actor)
      : await promote(job, in: places, request, by: actor)
    return try await changed(result, job, verb, actor) { record in
      Self.whyNothingMoves(record, request)
    }
  }

  /// - Parameter places: the registries that may have aliases; a job may be published in others, too.
  private func promote(
    _ job: JobID, in places: [String], _ request: PromoteRequest, by actor: Operator
  ) async -> OperationResult {
    let engine = await engine
    // Which alias it is where none is named says the spec, and only of registries that have them.
    guard request.alias != nil, !places.isEmpty else {
      return await engine.promote(job, registry: request.registry, alias: request.alias, by: actor)
    }
    var last: OperationResult?
    for name in places {
      let result = await engine.promote(job, registry: name, alias: request.alias, by: actor)
      switch result {
      case .changed: last = result
      case .unchanged: last = last ?? result
      case .noSuchJob, .failed: return result
      }
    }
    return last ?? .noSuchJob
  }

  private static func whyNothingMoves(_ record: JobRecord, _ request: PromoteRequest) -> String {
    let publications = record.machine.publications.filter { request.registry == nil || $0.registry == request.registry }
    guard !publications.isEmpty else {
      return request.registry.map { "it does not publish to '\($0)'" } ?? "it publishes nowhere"
    }
    if publications.contains(where: \.state.isPromoting) { return "an alias is being moved for it already" }
    guard publications.contains(where: { $0.state.version != nil }) else { return "it is not published there yet" }
    return request.back
      ? "no alias was moved to it that could be put back" : "its spec names no alias; say --alias NAME"
  }

  /// - Parameter problem: why an unchanged job is an error; `nil` = what was asked for is so already.
  private func changed(
    _ result: OperationResult, _ job: JobID, _ verb: String, _ actor: Operator,
    problem: (JobRecord) -> String?
  ) async throws(ControlError) -> JobView {
    switch result {
    case .noSuchJob: throw .noSuchJob(job, what: "\(verb) \(job)")
    case .failed(let fault): throw ControlError(fault, what: "\(verb) \(job)")
    case .unchanged(let record):
      if let problem = problem(record) { throw ControlError(.failed, "\(verb) \(job)", problem) }
      return await view(record)
    case .changed(let record):
      log("an operator changed a job", by: actor, ["job": "\(job)", "verb": "\(verb)"])
      return await view(record)
    }
  }

  /// Returns what stays at registries, in words.
  func forget(_ job: JobID, by actor: Operator) async throws(ControlError) -> [String] {
    let record = try await record(job, doing: "forget \(job)")
    let engine = await engine
    let left = try await ask("forget \(job)") { () async throws(Fault) in try await engine.forget(record) }
    log("an operator changed a job", by: actor, ["job": "\(job)", "verb": "forget"])
    return left
  }

  func log(_ message: Logger.Message, by actor: Operator?, _ facts: Logger.Metadata) {
    var metadata = facts
    if let actor {
      metadata["actor_uid"] = "\(actor.uid)"
      metadata["actor"] = "\(actor.user)"
    }
    logger.info(message, metadata: metadata)
  }
}
