internal import NIOHTTP1
public import TrainCore
public import TrainTransport

/// TrueFoundry's model registry: a version is staged, its files go to addresses that are signed for them, and a
/// manifest makes it a version.
///
/// Exactly once *by lookup*: traind's marker in the manifest's `metadata`, among the versions of one model.
/// ``shutdown()`` must be called before the registry goes.
public struct TrueFoundryRegistry: Registry, Closable {
  public static let schema = ConnectionSchema(
    kind: "truefoundry",
    keys: [
      .init("endpoint", .url, required: true), .init("api_key", .secret, required: true),
      .init("api", .choice(["auto", "ml", "svc"])),
    ])

  public let traits = RegistryTraits(kind: "truefoundry", guarantee: .byLookup, parallelParts: 4, hasAliases: true)
  let client: TrueFoundryClient
  let versions: TrueFoundryVersions
  let files: TrueFoundryFiles
  let urls: SignedURLCache
  let addresses: SealedAddresses
  let checks = StoreChecks()
  let md5s = PartMD5s()
  let rate = UploadRate()
  let time: any TimeSource
  private let part: Int64

  /// Fault when the settings do not fit the ``schema``, or the CA file cannot be read. Makes no call.
  /// - Parameter part: bytes of a part; files of up to two go in one piece. Stores take no part below 5 MiB but
  ///   the last.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary(), part: Int64 = 16 * 1024 * 1024
  ) throws(Fault) {
    guard let written = connection.settings["endpoint"]?.string, Origin(written) != nil,
      let reference = SecretReference(connection.settings["api_key"])
    else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs an endpoint and an api_key",
        hint: "write endpoint: https://..., api_key: {credential: NAME}")
    }
    var endpoint = written[...]
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    let key = RenewableSecret(reference, from: secrets)
    client = TrueFoundryClient(
      endpoint: String(endpoint), key: key,
      transport: try HTTPTransport(HTTPTransport.Settings(connection, proxies: proxies, boundary: boundary)),
      prefix: connection.settings["api"]?.string.flatMap(TrueFoundryClient.Prefix.init))
    versions = TrueFoundryVersions(client: client)
    files = TrueFoundryFiles(client: client)
    urls = SignedURLCache(client: client, time: time)
    addresses = SealedAddresses(.login(key))
    self.time = time
    self.part = max(1, part)
  }

  public var catalog: (any ModelCatalog)? { TrueFoundryCatalog(client: client) }

  public func shutdown() async { await client.transport.shutdown() }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    TrueFoundryKeys.problems(in: publication, of: spec)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let keys = try TrueFoundryKeys(release)
    let model: JSON = ["name": .string(release.modelName), "version": .string(release.modelVersion)]
    var ours: String?
    var foreign: (id: String, why: String)?
    try await versions.each(of: keys) { version in
      guard let id = version["id"]?.string, TrueFoundryVersions.isSafe(id) else { return false }
      let manifest = version["manifest"]
      let marker = manifest?["metadata"]?["traind"]
      if release.isMarked(by: marker) {
        ours = id
        return true
      }
      let hasAlias = keys.alias != nil && (manifest?["version_alias"] ?? version["version_alias"])?.string == keys.alias
      if marker?["model"] == model || hasAlias {
        let name = version["fqn"]?.string ?? "\(keys.repository)/\(keys.name)"
        foreign = (id, "the version \(name) (id \(id)) \(release.contrast(with: marker))")
      }
      return false
    }
    if let ours { return .ours(RemoteVersion(id: ours)) }
    if let foreign { return .foreign(RemoteVersion(id: foreign.id), why: foreign.why) }
    return .absent
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let keys = try TrueFoundryKeys(release)
    guard !release.artifact.files.isEmpty else {
      throw .permanent(.rejected, "the artifact of \(release.job) has no files")
    }
    let purpose = "stage a version of \(keys.repository)/\(keys.name)"
    let response = try await client.call(
      .trueFoundryStage, .POST, "/artifact-versions/stage", purpose,
      body: ["manifest": TrueFoundryManifest(release: release, keys: keys).staged])
    let staged = try response.requireSuccess().requireJSON()
    guard let id = staged["id"]?.string, TrueFoundryVersions.isSafe(id), let root = staged["storage_root"]?.string
    else {
      throw .transient(.badAnswer, "could not \(purpose): the answer has no id and place: \(response.excerpt)")
    }
    let session = TrueFoundrySession(staged: id, root: root, part: part)
    return UploadOpening(session: session.stored, total: release.artifact.bytes)
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    await plan(try TrueFoundrySession(session), release, receipts)
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    try await put(part, of: release, in: try TrueFoundrySession(session), pace: pace)
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    var session = try TrueFoundrySession(session)
    guard !session.isSealed else { return session.stored }
    try await finish(session, release, receipts)
    session.isSealed = true
    return session.stored
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    let session = try TrueFoundrySession(session)
    guard session.isSealed else {
      throw .permanent(.internalError, "an upload of \(release.job) is to be committed before it is whole")
    }
    return try await register(session, release)
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    guard TrueFoundryVersions.isSafe(version.id) else {
      throw .permanent(.internalError, "'\(version.id)' is no id of a version")
    }
    let keys = try TrueFoundryKeys(release)
    let found: JSON
    do throws(Fault) {
      found = try await versions.version(version.id)
    } catch  where error.code == .notFound {
      throw .transient(.notFound, "the version \(version.id), just published, is not there: \(error.message)")
    }
    let manifest = found["manifest"]
    guard manifest?["name"]?.string == keys.name, release.isMarked(by: manifest?["metadata"]?["traind"]) else {
      throw .permanent(
        .corrupted,
        "the version \(version.id) on TrueFoundry is not what \(release.job) published: its name or marker differs",
        hint: "did somebody change it?")
    }
    let held = try await files.sizes(of: version.id, isStaged: false) ?? [:]
    if let why = Self.difference(of: held, from: release) {
      throw .permanent(
        .corrupted, "the version \(version.id) on TrueFoundry \(why)", hint: "did somebody change it?")
    }
  }

  /// What may have been staged and was never heard of cannot be found: staged versions are not listed.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    guard let stored = upload.session else { return }
    let session = try TrueFoundrySession(stored)
    // Marking a version that was committed after all would spoil it, and nobody can tell for ever.
    guard !upload.commitAsked else {
      if try await isGone(session) { return }
      throw .permanent(
        .unsupported, "a commit of the staged version \(session.staged) was sent once, so it is not marked as failed",
        hint: "look at it in TrueFoundry")
    }
    try await giveUp(session)
  }

  public func holdings(of session: UploadSession) -> [String] {
    (try? TrueFoundrySession(session)).map { ["the staged version \($0.staged) in \($0.root)"] } ?? []
  }
}
