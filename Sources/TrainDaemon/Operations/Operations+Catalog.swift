internal import Logging
internal import TrainControl
internal import TrainCore
internal import TrainEngine

extension Operations {
  func models(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines {
    let what = "models list --registry \(registry)"
    let (kind, catalog) = try await catalog(of: registry, what)
    let parameters = try Self.checked(request, catalog.traits.list, kind: kind, what)
    let reader = CatalogReader(
      what, columns: catalog.traits.columns, parameters: parameters, pages: request.pages, time: daemon.time,
      fetch: { (parameters) async throws(Fault) -> CatalogPage in try await catalog.list(parameters) })
    return reader.lines
  }

  func model(_ id: String, of registry: String, _ request: CatalogRequest) async throws(ControlError) -> JSON {
    let what = "models show \(id)"
    let (kind, catalog) = try await catalog(of: registry, what)
    let parameters = try Self.checked(request, catalog.traits.show, kind: kind, what)
    return try await retrying(what) { () async throws(Fault) in try await catalog.show(id, parameters) }
  }

  func modelVersions(
    of id: String?, registry: String, _ request: CatalogRequest
  ) async throws(ControlError) -> CatalogLines {
    let what = "models versions --registry \(registry)"
    let (kind, catalog) = try await catalog(of: registry, what)
    guard let known = catalog.traits.versions else {
      throw ControlError(
        .unsupported, what, "\(registry) (\(kind)) keeps no versions of a model", hint: "see trainctl models list")
    }
    let parameters = try Self.checked(request, known, kind: kind, what)
    let reader = CatalogReader(
      what, columns: catalog.traits.versionColumns, parameters: parameters, pages: request.pages, time: daemon.time,
      fetch: { (parameters) async throws(Fault) -> CatalogPage in try await catalog.versions(of: id, parameters) })
    return reader.lines
  }

  func modelFile(
    _ id: String, of registry: String, _ request: CatalogRequest, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError) {
    let what = "models show \(id) --download"
    let (kind, catalog) = try await catalog(of: registry, what)
    let parameters = try Self.checked(request, catalog.traits.show, kind: kind, what)
    try await ask(what) { () async throws(Fault) in
      try await catalog.download(id, parameters, from: point, into: sink)
    }
  }

  // MARK: Making a model by hand

  func createModel(
    _ request: CreateModelRequest, of registry: String, by actor: Operator
  ) async throws(ControlError) -> JSON {
    let what = "models create --registry \(registry)"
    let creation = try await creation(of: registry, what)
    let problems = creation.problems(in: request.fields)
    guard problems.isEmpty else {
      throw ControlError(
        .badSpec, what,
        problems.map { "\($0.path): \($0.message)\($0.hint.map { " (\($0))" } ?? "")" }.joined(separator: "\n"))
    }
    guard let upload = request.upload else {
      try await retrying(what) { () async throws(Fault) in try await creation.check(request.fields) }
      return .empty
    }
    let model = try await step(what) { () async throws(Fault) in
      try await creation.create(request.fields, from: upload.session, digests: upload.digests)
    }
    log(
      "an operator made a model by hand", by: actor,
      [
        "registry": "\(registry)", "remote_id": "\(model["id"]?.canonical ?? "")",
        "digest": "sha256:\(upload.digests.sha256)",
      ])
    return model
  }

  func uploadPart(
    _ part: CreationPart, in session: UploadSession?, of registry: String
  ) async throws(ControlError) -> UploadView {
    let what = "upload \(part.filename) to \(registry)"
    let creation = try await creation(of: registry, what)
    let progress = try await step(what) { () async throws(Fault) in try await creation.send(part, in: session) }
    return UploadView(held: progress.held, session: progress.session)
  }

  func uploadState(_ session: UploadSession, of registry: String) async throws(ControlError) -> UploadView {
    let what = "ask \(registry) for the state of an upload"
    let creation = try await creation(of: registry, what)
    let held = try await step(what) { () async throws(Fault) in try await creation.held(session) }
    return UploadView(held: held, session: session)
  }

  /// An upload that the far side forgot is "not found" to the client, which then begins again.
  private func step<Value>(
    _ what: String, _ work: () async throws(Fault) -> Value
  ) async throws(ControlError) -> Value {
    do throws(Fault) { return try await work() } catch {
      guard error.code == .sessionExpired else { throw ControlError(error, what: what) }
      throw ControlError(.notFound, what, error.message, hint: "begin the upload again")
    }
  }

  // MARK: Ground truth

  func groundTruthEvents(of registry: String, _ request: CatalogRequest) async throws(ControlError) -> CatalogLines {
    let what = "ground-truth events --registry \(registry)"
    let (kind, groundTruth) = try await groundTruth(of: registry, what)
    let parameters = try Self.checked(request, groundTruth.parameters, kind: kind, what)
    let tickets = tickets
    let wantsFiles = request.files
    let files = { @Sendable (event: JSON) -> [CatalogFileView] in
      guard wantsFiles else { return [] }
      return groundTruth.files(in: event).map { file in
        CatalogFileView(file: file, ticket: tickets.ticket(for: file.url, of: registry))
      }
    }
    let reader = CatalogReader(
      what, columns: groundTruth.columns, parameters: parameters, pages: request.pages, time: daemon.time, files: files,
      fetch: { (parameters) async throws(Fault) -> CatalogPage in try await groundTruth.events(parameters) })
    return reader.lines
  }

  func groundTruthVersion(_ id: String, of registry: String) async throws(ControlError) -> JSON {
    let what = "ground-truth version \(id)"
    let (_, groundTruth) = try await groundTruth(of: registry, what)
    return try await retrying(what) { () async throws(Fault) in try await groundTruth.version(id) }
  }

  func groundTruthFile(
    _ url: String, ticket: String, of registry: String, from point: ResumePoint, into sink: any DownloadSink
  ) async throws(ControlError) {
    let what = "fetch a file of an event"
    let (_, groundTruth) = try await groundTruth(of: registry, what)
    guard tickets.isGood(ticket, for: url, of: registry) else {
      throw ControlError(
        .notPermitted, what, "the ticket is not for this URL, or the daemon was started anew",
        hint: "list the events again")
    }
    try await ask(what) { () async throws(Fault) in try await groundTruth.download(url, from: point, into: sink) }
  }

  // MARK: Parts

  private func registry(_ name: String, _ what: String) async throws(ControlError) -> any Registry {
    let registries = await specs.registries
    guard let found = registries[name] else {
      throw ControlError(
        .notFound, what, "there is no registry '\(name)'",
        hint: "traind.yaml has \(registries.keys.sorted().joined(separator: ", "))")
    }
    return found
  }

  private func catalog(
    of name: String, _ what: String
  ) async throws(ControlError) -> (kind: String, any ModelCatalog) {
    let registry = try await registry(name, what)
    guard let catalog = registry.catalog else {
      throw ControlError(.unsupported, what, "\(name) (\(registry.traits.kind)) has no catalogue of models")
    }
    return (registry.traits.kind, catalog)
  }

  private func creation(of name: String, _ what: String) async throws(ControlError) -> any ModelCreation {
    let (kind, catalog) = try await catalog(of: name, what)
    guard let creation = catalog.creation else {
      throw ControlError(
        .unsupported, what, "models of \(name) (\(kind)) can't be made by hand", hint: "publish a job to it")
    }
    return creation
  }

  private func groundTruth(
    of name: String, _ what: String
  ) async throws(ControlError) -> (kind: String, any GroundTruth) {
    let registry = try await registry(name, what)
    guard let groundTruth = registry.groundTruth else {
      throw ControlError(.unsupported, what, "\(name) (\(registry.traits.kind)) keeps no ground truth")
    }
    return (registry.traits.kind, groundTruth)
  }

  /// The parameters to send, or which of them the registry does not know.
  private static func checked(
    _ request: CatalogRequest, _ known: CatalogParameters, kind: String, _ what: String
  ) throws(ControlError) -> [CatalogParameter] {
    func flag(_ name: String) -> String { "--" + name.split(separator: "_").joined(separator: "-") }
    let takes = known.known.map(flag) + (known.takesOthers ? ["--param NAME=VALUE"] : [])
    let hint = takes.isEmpty ? "it takes none" : "it takes \(takes.joined(separator: " "))"
    for parameter in request.flags where !known.known.contains(parameter.name) {
      throw ControlError(.usage, what, "a registry of kind \(kind) has no \(flag(parameter.name)) here", hint: hint)
    }
    for parameter in request.parameters where !known.takesOthers && !known.known.contains(parameter.name) {
      throw ControlError(
        .usage, what, "a registry of kind \(kind) has no parameter '\(parameter.name)' here", hint: hint)
    }
    return request.flags + request.parameters
  }

  /// Asks again, a few times, after a failure that may pass.
  private func retrying<Value>(
    _ what: String, _ work: () async throws(Fault) -> Value
  ) async throws(ControlError) -> Value {
    var retry = CatalogRetry(what, tries: 4)
    while true {
      do throws(Fault) { return try await work() } catch {
        guard let wait = retry.wait(after: error) else { throw ControlError(error, what: what) }
        do { try await daemon.time.sleep(until: daemon.time.monotonic + wait) } catch {
          throw ControlError(.tryAgain, what, "the daemon is stopping")
        }
      }
    }
  }
}
