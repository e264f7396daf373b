internal import SwiftProtobuf
public import TrainCore
public import TrainTransport
internal import TrainViam
internal import ViamAPI

/// Viam as a registry: a model becomes a package of the organization, which its machines can load.
///
/// Exactly once *by lookup*: name and version, plus traind's marker in the package's metadata. A package is one call,
/// which nothing can resume: a cut costs the whole of it. ``shutdown()`` must be called before the registry goes.
public final class ViamRegistry: Registry, Closable {
  public static let schema = ConnectionSchema(kind: "viam", keys: ViamAccess.keys)

  public let traits = RegistryTraits(kind: "viam", guarantee: .byLookup, parallelParts: 1)
  private let access: ViamAccess
  private let uploads = ViamUploads()
  private let known = ViamKnownDigests()

  /// Makes no call. Fault (permanent) when a setting cannot work or the secret cannot be read.
  /// - Parameter proxies: what the environment says; the connection's own proxy wins.
  public init(
    _ connection: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary()
  ) throws(Fault) {
    access = try ViamAccess(connection, secrets: secrets, proxies: proxies, time: time, boundary: boundary)
  }

  public func shutdown() async {
    await uploads.removeAll()
    await access.shutdown()
  }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    ViamPublicationKeys.problems(in: publication, of: spec)
  }

  /// A package without any marker of ours counts as ours when its bytes are the release's: Viam's own training may have
  /// made it, and its service may show no metadata.
  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let key = key(of: release)
    guard let package = try await access.package(key, withURL: true) else { return .absent }
    let version = remote(key)
    if let marker = Self.marker(of: package) {
      return release.isMarked(by: marker)
        ? .ours(version)
        : .foreign(version, why: "the package \(key.package) \(key.version) \(release.contrast(with: marker))")
    }
    guard let difference = try await difference(of: package, key, from: release) else { return .ours(version) }
    return .foreign(
      version,
      why:
        "the package \(key.package) \(key.version) \(release.contrast(with: nil)), and its bytes are others (\(difference))"
    )
  }

  /// Makes no call: there is nothing to open before the first byte.
  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let archive = try ViamArchive(release)
    return UploadOpening(
      session: UploadSession(state: ["package": .string(remote(key(of: release)).id)]), total: archive.bytes)
  }

  /// One part, the whole, unless this very process has sent it and the call is still open.
  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    let total = try ViamArchive(release).bytes
    if !receipts.isEmpty, await uploads[remote(key(of: release)).id]?.isWhole == true {
      return UploadPlan(session: session, sent: total, parts: [])
    }
    return UploadPlan(session: session, sent: 0, parts: [UploadPart(number: 0, offset: 0, length: total)])
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    let archive = try ViamArchive(release)
    guard part.offset == 0, part.length == archive.bytes else {
      throw .permanent(.internalError, "part \(part.number) is not the whole of the package of \(release.job)")
    }
    let key = key(of: release)
    let upload = ViamUpload("uploading the package \(key.package) \(key.version)")
    await uploads.put(upload, for: remote(key).id)
    let digests: ViamArchive.Digests
    do throws(Fault) {
      digests = try await upload.send(archive, of: release, as: info(key, release), by: access.client, pace: pace)
    } catch {
      await uploads.remove(remote(key).id)
      // A refusal may mean that the version was made meanwhile: nobody says by which code.
      guard error.code == .rejected || error.code == .alreadyExists, try await settled(release) != nil else {
        throw error
      }
      throw Self.cut(release)
    }
    known.note(digests, of: release)
    return PartReceipt(number: 0, offset: 0, length: part.length, token: digests.md5)
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    guard await uploads[remote(key(of: release)).id]?.isWhole == true else { throw Self.cut(release) }
    return session
  }

  /// Looks again first, then ends the call.
  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    let id = remote(key(of: release)).id
    if let version = try await settled(release) {
      await uploads.remove(id)
      return version
    }
    guard let upload = uploads[id] else { throw Self.cut(release) }
    do throws(Fault) {
      _ = try await upload.end()
    } catch {
      await uploads.remove(id)
      guard error.isPermanent, error.code != .unauthorized, let version = try await settled(release) else {
        throw error
      }
      return version
    }
    await uploads.remove(id)
    return remote(key(of: release))
  }

  private func settled(_ release: Release) async throws(Fault) -> RemoteVersion? {
    switch try await find(release) {
    case .ours(let version): return version
    case .foreign(_, let why):
      await uploads.remove(remote(key(of: release)).id)
      throw .permanent(.alreadyExists, why, hint: "publish under another version, or set name:")
    case .absent: return nil
    }
  }

  /// The archive's length and the hashes that its address announces.
  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let key = key(of: release)
    guard let package = try await access.package(key, withURL: true) else {
      throw .transient(.notFound, "the package \(version.id), just published, is not there")
    }
    if let marker = Self.marker(of: package), !release.isMarked(by: marker) {
      throw .permanent(
        .corrupted, "the package \(version.id) is not what \(release.job) published: its marker differs",
        hint: "did somebody change it?")
    }
    if let difference = try await difference(of: package, key, from: release) {
      throw .permanent(
        .corrupted, "the package \(version.id) is not what \(release.job) published: \(difference)",
        hint: "did somebody change it? Delete the version, then say `trainctl publish`")
    }
  }

  /// `nil` = as far as Viam tells, the bytes are the release's.
  private func difference(
    of package: Viam_App_Packages_V1_Package, _ key: ViamKey, from release: Release
  ) async throws(Fault) -> String? {
    let archive = try ViamArchive(release)
    let source = try await access.probe.source(of: package, "look at the package \(key.package) \(key.version)")
    guard source.length == archive.bytes else { return "it has \(source.length) bytes, not \(archive.bytes)" }
    let digests = try await known.of(archive, for: release)
    return source.hashes.mismatch(crc32c: digests.crc32c, md5: digests.md5).map { "other bytes: \($0) is not ours" }
  }

  private func key(of release: Release) -> ViamKey {
    ViamKey(
      organization: access.organization, name: ViamPublicationKeys(release).name, version: release.modelVersion)
  }

  private func remote(_ key: ViamKey) -> RemoteVersion { RemoteVersion(id: "\(key.package)@\(key.version)") }

  private func info(_ key: ViamKey, _ release: Release) -> Viam_App_Packages_V1_PackageInfo {
    let keys = ViamPublicationKeys(release)
    var marker = release.marker
    marker["provenance"] = release.record["provenance"]
    var metadata: JSON = ["model_type": .string(keys.type), "traind": marker]
    if let framework = keys.framework { metadata["model_framework"] = .string(framework) }
    return .with {
      $0.organizationID = key.organization
      $0.name = key.name
      $0.version = key.version
      $0.type = .mlModel
      $0.metadata = Google_Protobuf_Struct(metadata)
    }
  }

  private static func marker(of package: Viam_App_Packages_V1_Package) -> JSON? {
    package.info.metadata.fields["traind"].map { JSON($0) }
  }

  private static func cut(_ release: Release) -> Fault {
    .transient(
      .sessionExpired, "the call that carried the package of \(release.job) is not open any more: it is begun again",
      effect: .none)
  }

  /// Breaks the call off. It does not outlive this process; a newer upload of the same package has one of its own under
  /// the same name.
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    guard upload.kept == nil, let id = upload.session?.state["package"]?.string else { return }
    await uploads.remove(id)
  }

  public func holdings(of session: UploadSession) -> [String] {
    (session.state["package"]?.string).map { ["the call that carries the package \($0)"] } ?? []
  }
}
