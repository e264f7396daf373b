internal import NIOCore
internal import NIOHTTP1
public import TrainCore
public import TrainTransport

/// An OCI registry (distribution specification 1.1): each file of the artifact is a blob, a ModelPack manifest under
/// the version's tag makes them a version, visible at once and whole.
///
/// Exactly once *by lookup*: nothing keeps a tag from being moved, so it is looked at before it is set, and what is
/// there is compared by traind's annotations. ``shutdown()`` must be called before the registry goes.
public struct OCIRegistry: Registry, Closable {
  public static let schema = ConnectionSchema(
    kind: "oci",
    keys: [
      .init("endpoint", .url, required: true), .init("namespace", .string), .init("username", .string),
      .init("password", .secret), .init("token", .secret),
    ])

  /// A manifest is read into memory. (Registries take 4 MiB, by the specification at least that.)
  static let manifestLimit = 16 * 1024 * 1024

  /// The parts of a blob are sent one after the other: the specification knows no other way.
  public let traits = RegistryTraits(kind: "oci", guarantee: .byLookup, parallelParts: 1, hasAliases: true)
  let client: OCIClient
  let namespace: String?
  let largestPart: Int64
  let locations: OCILocations

  /// Fault when the settings do not fit the ``schema``, or the CA file cannot be read. Makes no call.
  /// - Parameters:
  ///   - seal: what addresses at other hosts are sealed with where there is no secret.
  ///   - largestPart: bytes of an upload between two receipts.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, seal: Secret, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary(), largestPart: Int64 = 16 * 1024 * 1024
  ) throws(Fault) {
    let written = connection.settings
    guard let origin = written["endpoint"]?.string.flatMap(Origin.init) else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs an endpoint", hint: "write endpoint: https://host")
    }
    namespace = written["namespace"]?.string
    if let namespace, !OCIReference.isRepository(namespace) {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' has the namespace '\(namespace)', which no repository can have",
        hint: "small letters and digits, with '/' between names")
    }
    let credentials: OCIAuthorization.Credentials
    let addresses: SealedAddresses
    switch (written["username"]?.string, SecretReference(written["password"]), SecretReference(written["token"])) {
    case (nil, nil, nil):
      credentials = .none
      addresses = SealedAddresses(.own(seal))
    case (nil, nil, let token?):
      let token = RenewableSecret(token, from: secrets)
      credentials = .token(token)
      addresses = SealedAddresses(.login(token))
    case (let user?, let password?, nil):
      let password = RenewableSecret(password, from: secrets)
      credentials = .login(user: user, password: password)
      addresses = SealedAddresses(.login(password))
    case (.some, _, _), (nil, .some, _):
      throw .permanent(
        .rejected, "the registry '\(connection.name)' needs a username and a password, or a token, or neither",
        hint: "write username: NAME and password: {credential: NAME}, or token: {credential: NAME}")
    }
    let transport = try HTTPTransport(HTTPTransport.Settings(connection, proxies: proxies, boundary: boundary))
    client = OCIClient(
      origin: origin, transport: transport,
      authorization: OCIAuthorization(credentials, transport: transport, time: time, origin: origin))
    locations = OCILocations(origin: origin, addresses: addresses)
    self.largestPart = max(1, largestPart)
  }

  public func shutdown() async { await client.transport.shutdown() }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    OCIKeys.problems(in: publication, of: spec, namespace: namespace)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let reference = try keys(of: release).reference
    guard let found = try await tagged(reference) else { return .absent }
    let version = remote(reference, found.digest)
    let annotations = found.manifest["annotations"]
    let marker = Release.marker { annotations?[$0]?.string }
    if release.isMarked(by: marker) { return .ours(version) }
    return .foreign(version, why: "\(reference.repository):\(reference.tag) \(release.contrast(with: marker))")
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let keys = try keys(of: release)
    let sent = OCIUpload.sent(of: release.artifact).map { release.artifact.files[$0].bytes }
    return UploadOpening(
      session: OCISession(
        repository: keys.reference.repository, annotations: OCIManifest.annotations(of: release, keys)
      ).stored,
      total: sent.reduce(0, +))
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    try await upload(release, session).remaining(receipts)
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    guard release.artifact.files.indices.contains(part.file), part.offset >= 0, part.length > 0,
      part.offset + part.length <= release.artifact.files[part.file].bytes
    else { throw .permanent(.internalError, "part \(part.number) lies outside of the upload of \(release.job)") }
    return try await upload(release, session).send(part, pace: pace)
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    if try OCISession(session).isSealed { return session }
    return try await upload(release, session).seal(receipts).stored
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    // The tag would be moved whatever it names: nobody else looks.
    if let there = try await taken(release) { return there }
    let reference = try keys(of: release).reference
    let manifest = OCIManifest(release.artifact, annotations: try OCISession(session).annotations)
    let purpose = "publish \(reference.repository):\(reference.tag)"
    let response = try await client.call(
      .ociPutManifest, .PUT, client.url(reference.repository, "manifests/\(reference.tag)"), purpose,
      scopes: [OCIClient.scope(reference.repository)], headers: ["content-type": OCIManifest.mediaType],
      body: .text(manifest.text))
    if response.status == 400 || response.status == 404, OCIClient.code(response) == "MANIFEST_BLOB_UNKNOWN" {
      throw .transient(
        .sessionExpired, "\(client.origin) no longer holds what was uploaded: it is uploaded again", effect: .none)
    }
    // Some registries are told never to move a tag.
    if response.status == 400 || response.status == 409, let there = try await taken(release) { return there }
    try response.requireSuccess()
    guard response.status == 201 else { throw client.bad(response, purpose, "instead of 201") }
    if let named = response.headers.first(name: "docker-content-digest"), named != manifest.digest {
      throw client.bad(response, purpose, "for \(named)")
    }
    return remote(reference, manifest.digest)
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let reference = try keys(of: release).reference
    guard let found = try await tagged(reference), version == remote(reference, found.digest) else {
      throw Self.damaged(version, "its tag names another manifest, or none")
    }
    let layers = found.manifest["layers"]?.array ?? []
    guard layers.count == release.artifact.files.count,
      zip(layers, release.artifact.files).allSatisfy({ layer, file in
        layer["digest"]?.string == "sha256:\(file.digests.sha256)" && layer["size"]?.int == file.bytes
      })
    else { throw Self.damaged(version, "its manifest names other files") }
    let blobs = OCIBlobs(client: client, repository: reference.repository)
    var seen: Set<String> = []
    for blob in [found.manifest["config"] ?? .null] + layers {
      guard let digest = blob["digest"]?.string, let size = blob["size"]?.int, seen.insert(digest).inserted else {
        continue
      }
      guard try await blobs.holds(digest, bytes: size) else {
        throw Self.damaged(version, "\(digest) is gone, or has another length than \(size)")
      }
    }
  }

  /// An alias is one more tag.
  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    var reference = try self.reference(of: alias, for: release)
    guard let found = try await tagged(reference) else { return nil }
    reference.tag = found.manifest["annotations"]?[OCIManifest.tag]?.string ?? alias
    return remote(reference, found.digest)
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    let reference = try self.reference(of: alias, for: release)
    let place = client.url(reference.repository, "manifests/\(alias)")
    let scopes = [OCIClient.scope(reference.repository, "pull,push,delete")]
    guard let version else {
      let response = try await client.call(
        .ociDeleteTag, .DELETE, place, "remove the tag \(alias) of \(reference.repository)", scopes: scopes)
      guard response.status == 404 || response.isSuccess else { throw response.fault }
      return
    }
    guard let digest = version.id.split(separator: "@").last.map(String.init),
      let found = try await tagged(OCIReference(repository: reference.repository, tag: digest))
    else {
      throw .permanent(.notFound, "\(version.id), which \(alias) was to name, is not in \(reference.repository)")
    }
    let purpose = "point the tag \(alias) of \(reference.repository) at \(digest)"
    let response = try await client.call(
      .ociPutTag, .PUT, place, purpose, scopes: [OCIClient.scope(reference.repository)],
      headers: ["content-type": found.manifest["mediaType"]?.string ?? OCIManifest.mediaType], body: .bytes(found.bytes)
    )
    try response.requireSuccess()
    guard response.status == 201 else { throw client.bad(response, purpose, "instead of 201") }
  }

  private func reference(of alias: String, for release: Release) throws(Fault) -> OCIReference {
    guard OCIReference.isTag(alias) else {
      throw .permanent(.rejected, "'\(alias)' cannot be a tag", hint: "letters, digits, '.', '_' and '-', at most 128")
    }
    return OCIReference(repository: try keys(of: release).reference.repository, tag: alias)
  }

  /// Ends uploads of blobs. Blobs that are whole stay, for the registry to collect: others may name them.
  /// What may have been begun and was never heard of cannot be found: registries list no uploads.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    guard let stored = upload.session else { return }
    let session = try OCISession(stored)
    var kept: Set<String> = []
    if let other = upload.kept { kept = Set(try OCISession(other).uploads.values.compactMap(locations.path(ofKept:))) }
    let blobs = OCIBlobs(client: client, repository: session.repository)
    var isLost = false
    for first in session.uploads.values.sorted() {
      if let path = locations.path(ofKept: first), kept.contains(path) { continue }
      guard let location = locations.latest(first, upload.receipts) else {
        isLost = true
        continue
      }
      try await blobs.cancel(location)
    }
    if isLost {
      throw .permanent(.sessionExpired, "where the upload goes on cannot be unsealed any more: the key has changed")
    }
  }

  public func holdings(of session: UploadSession) -> [String] {
    let uploads = (try? OCISession(session).uploads.values.sorted()) ?? []
    return uploads.map { locations.path(ofKept: $0).map { "the upload \($0)" } ?? "an upload at \(client.origin)" }
  }

  private func taken(_ release: Release) async throws(Fault) -> RemoteVersion? {
    switch try await find(release) {
    case .absent: return nil
    case .ours(let version): return version
    case .foreign(_, let why): throw .permanent(.alreadyExists, why, hint: "publish under another tag or repository")
    }
  }

  /// The manifest that a tag (or a digest in its place) names, and its digest; `nil` when there is none.
  private func tagged(
    _ reference: OCIReference
  ) async throws(Fault) -> (manifest: JSON, bytes: ByteBuffer, digest: String)? {
    let purpose = "look at \(reference.repository):\(reference.tag)"
    let accepted = [
      OCIManifest.mediaType, "application/vnd.oci.image.index.v1+json",
      "application/vnd.docker.distribution.manifest.v2+json",
      "application/vnd.docker.distribution.manifest.list.v2+json",
    ]
    let response = try await client.call(
      .ociGetManifest, .GET, client.url(reference.repository, "manifests/\(reference.tag)"), purpose,
      scopes: [OCIClient.scope(reference.repository)], headers: ["accept": accepted.joined(separator: ", ")],
      responseLimit: Self.manifestLimit)
    if response.status == 404 { return nil }
    let manifest = try response.requireSuccess().requireJSON()
    let digest = OCIManifest.digest(String(buffer: response.body))
    if let named = response.headers.first(name: "docker-content-digest"), named != digest {
      throw client.bad(response, purpose, "with another digest than \(named)")
    }
    return (manifest, response.body, digest)
  }

  private static func damaged(_ version: RemoteVersion, _ why: String) -> Fault {
    .permanent(.corrupted, "\(version.id) is not what was published: \(why)", hint: "did somebody change it?")
  }

  private func keys(of release: Release) throws(Fault) -> OCIKeys { try OCIKeys(release, namespace: namespace) }

  private func upload(_ release: Release, _ session: UploadSession) throws(Fault) -> OCIUpload {
    OCIUpload(registry: self, release: release, keys: try keys(of: release), session: try OCISession(session))
  }

  private func remote(_ reference: OCIReference, _ digest: String) -> RemoteVersion {
    let host = client.origin.description.split(separator: "/").last ?? ""
    return RemoteVersion(id: "\(host)/\(reference.repository):\(reference.tag)@\(digest)")
  }
}
