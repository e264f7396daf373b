public import TrainCore
public import TrainTransport

/// Datamaker's Synapse as a registry: the v1 backend's chunked upload, then one model per version.
///
/// Exactly once *by lookup*: the model's name (unique in a tenant) plus traind's marker in its `configuration`.
/// ``shutdown()`` must be called before the registry goes.
public struct SynapseRegistry: Registry, Closable {
  public static let schema = ConnectionSchema(
    kind: "synapse",
    keys: [.init("endpoint", .url, required: true), .init("token", .secret, required: true), .init("tenant", .string)])

  public let traits = RegistryTraits(kind: "synapse", guarantee: .byLookup, parallelParts: 1)
  let name: String
  let client: SynapseClient
  let models: SynapseModels
  let time: any TimeSource
  let sizes: PartSizes
  let unsettled = UnsettledUploads()
  let archives = ArchiveDigests()

  /// Fault when the settings do not fit the ``schema``, or the CA file cannot be read. Makes no call.
  /// - Parameter largestPart: bytes of an upload between two receipts.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary(), largestPart: Int64 = 16 * 1024 * 1024
  ) throws(Fault) {
    guard let written = connection.settings["endpoint"]?.string, Origin(written) != nil,
      let token = SecretReference(connection.settings["token"])
    else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs an endpoint and a token",
        hint: "write endpoint: https://..., token: {credential: NAME}")
    }
    var endpoint = written[...]
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    name = connection.name
    client = SynapseClient(
      endpoint: String(endpoint), tenant: connection.settings["tenant"]?.string,
      token: RenewableSecret(token, from: secrets),
      transport: try HTTPTransport(HTTPTransport.Settings(connection, proxies: proxies, boundary: boundary)))
    models = SynapseModels(client: client)
    self.time = time
    sizes = PartSizes(most: max(1, largestPart))
  }

  public func shutdown() async { await client.transport.shutdown() }

  public var catalog: (any ModelCatalog)? { SynapseCatalog(registry: self) }
  public var groundTruth: (any GroundTruth)? { SynapseGroundTruth(registry: self) }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    SynapseKeys.problems(in: publication, of: spec)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let keys = try SynapseKeys(release)
    guard let model = try await models.named(keys.name) else { return .absent }
    guard let id = model["id"].flatMap(SynapseModels.id) else {
      throw .transient(.badAnswer, "the model '\(keys.name)' in Synapse has no id", effect: .none)
    }
    let marker = SynapseModels.configuration(of: model)?["traind"]
    if release.isMarked(by: marker) { return .ours(RemoteVersion(id: id)) }
    return .foreign(
      RemoteVersion(id: id), why: "the model '\(keys.name)' (id \(id)) \(release.contrast(with: marker))")
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    try await SynapseOpening(registry: self, release: release).open()
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    let session = try SynapseSession(session)
    let upload = try await settledState(of: session)
    guard upload.offset <= session.bytes, !upload.isComplete || upload.offset == session.bytes else {
      throw .transient(
        .sessionExpired, "Synapse holds \(upload.offset) bytes of an upload of \(session.bytes): it is begun again",
        effect: .none)
    }
    var parts: [UploadPart] = []
    var offset = upload.offset
    for length in sizes.plan(session.bytes - offset) {
      parts.append(UploadPart(number: parts.count, offset: offset, length: length))
      offset += length
    }
    return UploadPlan(session: session.stored, sent: upload.offset, parts: parts)
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    let session = try SynapseSession(session)
    let layout = try SynapseLayout(release, keys: try SynapseKeys(release))
    guard part.offset >= 0, part.length > 0, part.offset + part.length <= layout.bytes else {
      throw .permanent(.internalError, "part \(part.number) lies outside of the upload of \(release.job)")
    }
    return try await layout.send(part, in: session, of: self, pace: pace)
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    var session = try SynapseSession(session)
    if session.md5 == nil, case .zip(let zip) = try SynapseLayout(release, keys: try SynapseKeys(release)) {
      let digests = try await (archives[session.upload] ?? PassingDigests()).finish(zip, of: release)
      session.md5 = digests.md5
      session.sha256 = digests.sha256
    }
    try await finalize(session) { () async throws(Fault) in
      for file in release.artifact.files {
        try await FileHash.check(file, at: release.location(of: file))
      }
    }
    return session.stored
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    try await register(try SynapseSession(session), release)
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let keys = try SynapseKeys(release)
    let model: JSON
    do throws(Fault) {
      model = try await models.model(version.id)
    } catch  where error.code == .notFound {
      throw .transient(.notFound, "the model \(version.id), just published, is not there: \(error.message)")
    }
    guard model["name"]?.string == keys.name, release.isMarked(by: SynapseModels.configuration(of: model)?["traind"])
    else {
      throw .permanent(
        .corrupted,
        "the model \(version.id) in Synapse is not what \(release.job) published: its name or marker differs",
        hint: "did somebody change it?")
    }
  }
}
