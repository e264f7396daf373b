public import TrainCore
public import TrainTransport

/// A bucket of any S3 API as a registry: `<prefix>/<model>/<version>/` holds the artifact's files in a folder and
/// `manifest.json`, which is written last, on the condition that there is none: a version appears whole or not at all.
///
/// Exactly once *by key* where the far side keeps that condition (`If-None-Match: *`; AWS, Ceph and MinIO do), else by
/// lookup. ``shutdown()`` must be called before the registry goes.
public struct S3Registry: Registry, Closable {
  public static let schema = ConnectionSchema(
    kind: "s3",
    keys: [
      .init("bucket", .string, required: true), .init("endpoint", .url), .init("region", .string),
      .init("prefix", .string), .init("access_key", .secret, required: true),
      .init("secret_key", .secret, required: true), .init("session_token", .secret),
      .init("style", .choice(S3Location.Style.allCases.map(\.rawValue))),
    ])

  public let traits = RegistryTraits(kind: "s3", guarantee: .byKey, parallelParts: 4, hasAliases: true)
  let client: S3Client
  let prefix: String
  let leastPart: Int64
  let random: @Sendable () -> UInt64

  var objects: S3Objects { S3Objects(client: client) }
  var multipart: S3Multipart { S3Multipart(client: client) }

  /// Fault when the settings do not fit the ``schema``, or the CA file cannot be read. Makes no call.
  /// - Parameters:
  ///   - leastPart: bytes between two receipts; more where a file would have more than 10,000 parts.
  ///   - random: names for sessions.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary(), leastPart: Int64 = 16 * 1024 * 1024,
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) throws(Fault) {
    let written = connection.settings
    guard let bucket = written["bucket"]?.string, let access = SecretReference(written["access_key"]),
      let secret = SecretReference(written["secret_key"])
    else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs a bucket, an access_key and a secret_key",
        hint: "write bucket: NAME, access_key: {credential: NAME}, secret_key: {credential: NAME}")
    }
    prefix = written["prefix"]?.string ?? ""
    guard S3Keys.isPrefix(prefix) else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' has the prefix '\(prefix)'",
        hint: "write names with single slashes between them, as team/models")
    }
    let region = written["region"]?.string ?? "us-east-1"
    let style = written["style"]?.string.flatMap(S3Location.Style.init) ?? .auto
    var settings = HTTPTransport.Settings(connection, proxies: proxies, boundary: boundary)
    // A place for each part of as many publications as are likely: who waits for one too long fails.
    settings.connectionsPerHost = 64
    client = S3Client(
      location: try S3Location(endpoint: written["endpoint"]?.string, bucket: bucket, region: region, style: style),
      region: region, accessKey: RenewableSecret(access, from: secrets),
      secretKey: RenewableSecret(secret, from: secrets),
      sessionToken: SecretReference(written["session_token"]).map { RenewableSecret($0, from: secrets) },
      transport: try HTTPTransport(settings), time: time)
    self.leastPart = max(1, leastPart)
    self.random = random
  }

  public func shutdown() async { await client.transport.shutdown() }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    S3Keys.problems(in: publication, of: spec)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let manifest = try manifest(of: release)
    guard let found = try await manifest.read() else { return .absent }
    let version = remote(manifest.version)
    if release.isMarked(by: found["traind"]) { return .ours(version) }
    return .foreign(version, why: "\(version.id) \(release.contrast(with: found["traind"]))")
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    try await S3Opening(registry: self, release: release, version: try version(of: release)).open()
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    try await upload(release, try S3Session(session)).remaining(receipts)
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    guard release.artifact.files.indices.contains(part.file), part.offset >= 0, part.length >= 0,
      part.offset + part.length <= release.artifact.files[part.file].bytes
    else { throw .permanent(.internalError, "part \(part.number) lies outside of the upload of \(release.job)") }
    return try await upload(release, try S3Session(session)).send(part, pace: pace)
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    let session = try S3Session(session)
    if session.etags != nil { return session.stored }
    return try await upload(release, session).seal(receipts).stored
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    guard let etags = try S3Session(session).etags, etags.count == release.artifact.files.count else {
      throw .transient(.sessionExpired, "a stored upload to S3 was never finished", effect: .none)
    }
    let metadata = S3Keys(release, standard: prefix).metadata
    let manifest = try manifest(of: release)
    let json = manifest.json(of: release, etags: etags, metadata: metadata)
    do throws(Fault) {
      if case .now = try await manifest.write(json, metadata: metadata, conditionally: true) {
        return remote(manifest.version)
      }
    } catch  where error.code == .unsupported {
      if case .absent = try await find(release) {
        _ = try await manifest.write(json, metadata: metadata, conditionally: false)
        return remote(manifest.version)
      }
    }
    switch try await find(release) {
    case .ours(let version): return version
    case .foreign(_, let why): throw .permanent(.alreadyExists, why, hint: "publish under another version or prefix")
    case .absent:
      throw .transient(.unavailable, "\(manifest.version.manifest) is being written or removed by somebody else")
    }
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let manifest = try manifest(of: release)
    guard let found = try await manifest.read(), release.isMarked(by: found["traind"]),
      let files = found["artifact"]?["files"]?.array, files.count == release.artifact.files.count
    else { throw Self.damaged(version, "its manifest is another one, or gone") }
    for (file, written) in zip(release.artifact.files, files) {
      guard let head = try await objects.held(manifest.version.key(of: file), as: file) else {
        throw Self.damaged(version, "\(file.path) is gone, or is not what was sent")
      }
      guard head.etag == written["etag"]?.string else {
        throw Self.damaged(
          version,
          "\(file.path) has the ETag \(head.etag), and had \(written["etag"]?.string ?? "none") when it was sent")
      }
    }
  }

  /// Ends multipart uploads. Objects stay: their keys are named after the artifact's digest, and another upload of the
  /// same bytes counts on them.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    let open: [S3Session.Open]
    if let session = upload.session {
      open = Array(try S3Session(session).uploads.values)
    } else {
      open = try await multipart.all(try version(of: release).filePrefix)
    }
    let kept = Set(try upload.kept.map { (kept) throws(Fault) in try S3Session(kept).uploads.values.map(\.id) } ?? [])
    for upload in open.sorted(by: { ($0.key, $0.id) < ($1.key, $1.id) }) where !kept.contains(upload.id) {
      try await multipart.abort(upload.key, upload.id)
      // A part that was still on its way when it was cut off may have come after it.
      if let parts = try? await multipart.parts(upload.key, upload.id) {
        throw .transient(
          .unavailable,
          "the upload \(upload.id) of \(upload.key) still shows \(parts.count) parts: it is given up again")
      }
    }
  }

  public func holdings(of session: UploadSession) -> [String] {
    let open = (try? S3Session(session).uploads.values.sorted { $0.key < $1.key }) ?? []
    return open.map { "the multipart upload \($0.id) of s3://\(client.location.bucket)/\($0.key)" }
  }

  private static func damaged(_ version: RemoteVersion, _ why: String) -> Fault {
    .permanent(.corrupted, "\(version.id) is not what was published: \(why)", hint: "did somebody change it?")
  }

  func version(of release: Release) throws(Fault) -> S3Version {
    try S3Version(release, keys: S3Keys(release, standard: prefix))
  }

  private func manifest(of release: Release) throws(Fault) -> S3Manifest {
    S3Manifest(client: client, version: try version(of: release))
  }

  private func upload(_ release: Release, _ session: S3Session) throws(Fault) -> S3Upload {
    S3Upload(registry: self, release: release, version: try version(of: release), session: session)
  }

  private func remote(_ version: S3Version) -> RemoteVersion {
    RemoteVersion(id: "s3://\(client.location.bucket)/\(version.folder)")
  }
}
