internal import Glibc
internal import NIOCore
public import TrainCore
internal import TrainTransport

/// A directory as a registry: `<path>/<model>/<version>/` holds the artifact's files and `manifest.json`.
///
/// Files are copied below `<path>/.partial/`, made durable, read back and compared with the artifact's digests; then
/// one rename that never replaces anything makes the version visible. Exactly once *by key*: the name in the directory.
public struct DirectoryRegistry: Registry {
  public static let schema = ConnectionSchema(kind: "directory", keys: [.init("path", .path, required: true)])

  public let traits = RegistryTraits(kind: "directory", guarantee: .byKey, parallelParts: 1, hasAliases: true)
  let store: DirectoryStore
  private let blocking: Blocking

  /// Fault when the settings do not fit the ``schema``. Touches nothing yet.
  public init(_ connection: ConnectionConfig, boundary: Boundary = Boundary()) throws(Fault) {
    guard let path = connection.settings["path"]?.string, path.hasPrefix("/") else {
      throw .permanent(
        .rejected, "the registry '\(connection.name)' has no absolute path", hint: "write path: /where/models/go")
    }
    self.init(path: path, boundary: boundary)
  }

  /// - Parameters:
  ///   - partLength: bytes copied between two receipts.
  ///   - random: names for what is not finished yet.
  public init(
    path: String, partLength: Int64 = 64 * 1024 * 1024, boundary: Boundary = Boundary(),
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    store = DirectoryStore(path: path, partLength: max(1, partLength), boundary: boundary, random: random)
    blocking = Blocking()
  }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    PublicationKeys(publication, of: spec).unknown(known: [])
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let store = store
    return try await blocking.perform { () throws(Fault) in try store.find(release) }
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let store = store
    return try await blocking.perform { () throws(Fault) in try store.open(release) }
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    let store = store
    return try await blocking.perform { () throws(Fault) in
      try store.remaining(of: session, for: release, receipts: receipts)
    }
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    guard release.artifact.files.indices.contains(part.file) else {
      throw .permanent(.internalError, "part \(part.number) names file \(part.file), which the artifact does not have")
    }
    let store = store
    let file = release.artifact.files[part.file]
    let target = try await blocking.perform { () throws(Fault) in try store.copy(of: file, in: session) }
    let slices = FileSlices(
      path: release.location(of: file), range: part.offset..<(part.offset + part.length), pace: pace)
    var offset = part.offset
    do {
      for try await buffer in slices {
        let at = offset
        try await blocking.perform { () throws(Fault) in
          try store.boundary.cross(.directoryWrite) { () throws(Fault) in try target.write(buffer, at: at) }
        }
        offset += Int64(buffer.readableBytes)
      }
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .transient(.interrupted, "copying \(file.path) was interrupted", effect: .none)
    }
    // A receipt outlives a power cut, so what it stands for must.
    try await synchronize(target)
    return PartReceipt(
      number: part.number, offset: part.offset, length: part.length, token: try store.name(of: session))
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    let store = store
    // Its commit may have gone through without our hearing of it.
    if case .ours = try await find(release) { return session }
    for file in release.artifact.files {
      let copy = try await blocking.perform { () throws(Fault) in try store.copy(of: file, in: session) }
      let found = try await FileHash.take(of: copy)
      guard found.digest == file.digests.sha256, found.bytes == file.bytes else {
        try await FileHash.check(file, at: release.location(of: file))
        throw .transient(
          .sessionExpired,
          "the copy of \(file.path) in \(store.path) is damaged (sha256 \(found.digest), "
            + "expected \(file.digests.sha256)): it is copied again", hint: "check that disk", effect: .none)
      }
      try await synchronize(copy)
    }
    try await blocking.perform { () throws(Fault) in try store.finish(session, for: release) }
    return session
  }

  private func synchronize(_ copy: SharedDescriptor) async throws(Fault) {
    let boundary = store.boundary
    try await blocking.perform { () throws(Fault) in
      try boundary.cross(.directorySync) { () throws(Fault) in try copy.synchronize() }
    }
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    let store = store
    return try await blocking.perform { () throws(Fault) in try store.commit(session, for: release) }
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let store = store
    try await blocking.perform { () throws(Fault) in try store.verify(release) }
  }

  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    let store = store
    return try await blocking.perform { () throws(Fault) in try store.target(of: alias, for: release) }
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    let store = store
    try await blocking.perform { () throws(Fault) in try store.point(alias, at: version, for: release) }
  }

  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    let store = store
    try await blocking.perform { () throws(Fault) in try store.abandon(upload, of: release) }
  }

  public func holdings(of session: UploadSession) -> [String] {
    (try? store.name(of: session)).map { ["\(store.path)/\(DirectoryStore.unfinished)/\($0)"] } ?? []
  }
}
