public import TrainCore
public import TrainTransport

/// An MLflow server as a registry: files through its artifact proxy into a run, then a version of a registered model.
///
/// The server makes up the versions' numbers, so the promise is kept *by lookup*: a registered model's name with the
/// model's version as a tag, plus traind's marker in the tags. ``shutdown()`` must be called before the registry goes.
public struct MLflowRegistry: Registry, Closable {
  public static let schema = ConnectionSchema(
    kind: "mlflow",
    keys: [
      .init("endpoint", .url, required: true), .init("token", .secret), .init("username", .string),
      .init("password", .secret),
    ])

  public let traits = RegistryTraits(kind: "mlflow", guarantee: .byLookup, parallelParts: 4, hasAliases: true)
  let client: MLflowClient
  let models: MLflowModels
  let runs: MLflowRuns
  let addresses: SealedAddresses
  let time: any TimeSource
  /// Uploads in parts whose addresses cannot be used.
  let spoiled = MLflowFailureCounts()
  /// Uploads in parts that were not put together when asked.
  let unfinished = MLflowFailureCounts()
  private let md5s = PartMD5s()
  /// Uploads in parts that were not given up when asked, and those that were.
  let unaborted = MLflowFailureCounts()
  let aborted = MLflowFailureCounts()
  private let partBytes: Int64

  /// Fault when the settings do not fit the ``schema``, or the CA file cannot be read. Makes no call.
  /// - Parameters:
  ///   - seal: what signed addresses are sealed with where there is no login.
  ///   - partBytes: the least length of a part of a file that is uploaded in parts; larger files are, where the store
  ///     behind the server offers it.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, seal: Secret, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary(), partBytes: Int64 = 32 * 1024 * 1024
  ) throws(Fault) {
    guard let written = connection.settings["endpoint"]?.string, Origin(written) != nil else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs an endpoint", hint: "write endpoint: https://...")
    }
    var endpoint = written[...]
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    let login = try MLflowLogin(connection, secrets: secrets)
    addresses = login.addresses(otherwise: seal)
    client = MLflowClient(
      endpoint: String(endpoint), login: login,
      transport: try HTTPTransport(HTTPTransport.Settings(connection, proxies: proxies, boundary: boundary)))
    models = MLflowModels(client: client)
    runs = MLflowRuns(client: client)
    self.time = time
    self.partBytes = max(1, partBytes)
  }

  public func shutdown() async { await client.transport.shutdown() }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    MLflowKeys.problems(in: publication, of: spec)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let versions = try await models.versions(of: MLflowKeys(release).name, tagged: release.modelVersion)
    // Who was first counts.
    guard let version = versions.first else { return .absent }
    if release.isMarked(by: version.marker) { return .ours(remote(version)) }
    try await takeBack(versions.dropFirst(), after: version, release)
    return .foreign(
      remote(version),
      why: "the version \(version.number) of '\(version.model)' \(release.contrast(with: version.marker))")
  }

  /// The run is looked for before it is made: an answer may have been lost.
  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let files = release.artifact.files
    guard !files.isEmpty else { throw .permanent(.rejected, "the artifact of \(release.job) has no files") }
    for file in files {
      guard let problem = MLflowArtifacts.problem(with: file.path) else { continue }
      throw .permanent(
        .rejected, "\(file.path) of \(release.job) cannot be published: \(problem)", hint: "let the training rename it")
    }
    let keys = MLflowKeys(release)
    try await models.ensure(keys.name)
    let experiment = try await runs.experiment(keys.experiment)
    let run: MLflowRun
    if let found = try await runs.find(for: release, in: experiment) {
      run = found
    } else {
      run = try await runs.create(for: release, in: experiment, named: keys.runName)
    }
    _ = try MLflowArtifacts(of: run.artifactURI, client: client)
    return UploadOpening(
      session: MLflowSession(run: run, release: release).stored, total: release.artifact.bytes)
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    var session = try read(session)
    guard try await runs.run(session.run) != nil else { throw gone(session) }
    let held = Dictionary(receipts.map { ($0.number, $0) }) { _, last in last }
    try await arrange(&session, release, held)
    let parts = session.parts(of: release.artifact)
    let left = parts.filter { !$0.isIn(held) }
    return UploadPlan(
      session: session.stored, sent: parts.reduce(0) { $0 + $1.length } - left.reduce(0) { $0 + $1.length },
      parts: left)
  }

  /// Decides what goes in parts, and takes back what cannot any more.
  private func arrange(
    _ session: inout MLflowSession, _ release: Release, _ held: [Int: PartReceipt]
  ) async throws(Fault) {
    let store = store(try artifacts(session))
    let files = release.artifact.files
    for multipart in session.multipart where spoiled.contains(multipart.key) {
      session.multipart.removeAll { $0 == multipart }
      session.isMultipartOffered = false
      // Not worth the publication: what it holds may stay.
      try? await abort(multipart, in: store)
    }
    for multipart in session.multipart where multipart.credentials.isEmpty {
      session.multipart.removeAll { $0 == multipart }
      try? await abort(multipart, in: store)
    }
    guard session.isMultipartOffered else { return }
    for (index, file) in files.enumerated() where file.bytes > partBytes {
      if held[index] != nil || session.multipart.contains(where: { $0.file == index }) { continue }
      let length = MLflowMultipart.partBytes(for: file.bytes, atLeast: partBytes)
      guard let opened = try await store.open(file, index: index, partBytes: length, first: session.next) else {
        session.isMultipartOffered = false
        return
      }
      session.multipart.append(opened)
      session.next = opened.numbers.upperBound
    }
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    let session = try read(session)
    guard session.parts(of: release.artifact).contains(part) else {
      throw .permanent(.internalError, "part \(part.number) is none of the upload of \(release.job)")
    }
    let file = release.artifact.files[part.file]
    let artifacts = try artifacts(session)
    var token = ""
    if let multipart = session.multipart.first(where: { $0.numbers.contains(part.number) }) {
      do throws(Fault) {
        token = try await store(artifacts).send(
          part, of: file, at: release.location(of: file), in: multipart, pace: pace
        ).token
      } catch {
        if error.code == .misaligned { spoiled.insert(multipart.key) }
        throw error
      }
    } else {
      try await artifacts.put(file, at: release.location(of: file), pace: pace)
    }
    return PartReceipt(number: part.number, offset: part.offset, length: part.length, token: token)
  }

  func read(_ session: UploadSession) throws(Fault) -> MLflowSession { try MLflowSession(session, by: addresses) }

  func store(_ artifacts: MLflowArtifacts) -> MLflowStore { MLflowStore(artifacts, addresses, md5s) }

  func artifacts(_ session: MLflowSession) throws(Fault) -> MLflowArtifacts {
    try MLflowArtifacts(of: "\(session.uri)/model", client: client)
  }

  func remote(_ version: MLflowVersion) -> RemoteVersion { remote(version.model, version.number) }

  private func remote(_ model: String, _ number: Int64) -> RemoteVersion {
    RemoteVersion(
      id: "\(model)/\(number)", url: "\(client.endpoint)/#/models/\(model.percentEncoded())/versions/\(number)")
  }

  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    let name = MLflowKeys(release).name
    return try await models.target(of: alias, in: name).map { remote(name, $0) }
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    try await models.point(
      alias, of: MLflowKeys(release).name,
      at: try version.map { (version) throws(Fault) in
        try MLflowVersion.parts(of: version.id).number
      })
  }

}
