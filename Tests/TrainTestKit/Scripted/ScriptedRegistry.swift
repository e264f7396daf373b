internal import Crypto
internal import Glibc
public import TrainCore

/// A registry in memory: uploads in parts, versions made visible by a commit, faults on demand.
public actor ScriptedShelf {
  public enum Call: String, Sendable, CaseIterable {
    case find, open, remaining, send, seal, commit, verify, target, point, abandon
  }

  public struct Version: Sendable, Hashable {
    public var id: String
    public var modelName: String
    public var modelVersion: String
    public var marker: JSON
    /// The artifact's files, one after the other.
    public var content: [UInt8]

    public init(id: String, modelName: String, modelVersion: String, marker: JSON, content: [UInt8] = []) {
      self.id = id
      self.modelName = modelName
      self.modelVersion = modelVersion
      self.marker = marker
      self.content = content
    }
  }

  private struct Upload {
    var job: JobID
    var offset: Int64 = 0
    var content: [UInt8] = []
    var isSealed = false
  }

  public private(set) var versions: [Version] = []
  public private(set) var calls: [Call: Int] = [:]
  /// Alias -> the id of a version.
  public private(set) var aliases: [String: String] = [:]
  public private(set) var bytesTaken: Int64 = 0
  private var uploads: [String: Upload] = [:]
  /// Uploads that became versions; nothing keeps them from becoming one again.
  private var spent: [String: Upload] = [:]
  private var opened = 0
  /// A commit of what is there already gives what is there.
  private var isKeyed = false
  private var scripts: [(call: Call, fault: Fault, times: Int, afterEffect: Bool)] = []

  public init() {}

  public func fail(_ call: Call, _ fault: Fault, times: Int = 1, afterEffect: Bool = false) {
    scripts.append((call, fault, times, afterEffect))
  }
  public func recover() { scripts = [] }
  public func plant(_ version: Version) { versions.append(version) }
  public func plant(alias: String, at version: String?) { aliases[alias] = version }
  public func recogniseKeys() { isKeyed = true }
  public func loseUploads() {
    uploads = [:]
    spent = [:]
  }
  /// Every upload that is not sealed loses its last bytes, though they were acknowledged.
  public func rewindUploads(by bytes: Int64) {
    uploads = uploads.mapValues { upload in
      guard !upload.isSealed else { return upload }
      let offset = max(0, upload.offset - bytes)
      return Upload(job: upload.job, offset: offset, content: Array(upload.content.prefix(Int(offset))))
    }
  }

  private func begin(_ call: Call) throws(Fault) -> Fault? {
    calls[call, default: 0] += 1
    guard let index = scripts.firstIndex(where: { $0.call == call && $0.times > 0 }) else { return nil }
    scripts[index].times -= 1
    if scripts[index].afterEffect { return scripts[index].fault }
    throw scripts[index].fault
  }

  private func finish(_ late: Fault?) throws(Fault) { if let late { throw late } }

  func find(_ release: Release) throws(Fault) -> Finding<RemoteVersion> {
    try finish(try begin(.find))
    let found = versions.first {
      $0.modelName == release.modelName && $0.modelVersion == release.modelVersion
    }
    guard let found else { return .absent }
    let version = RemoteVersion(id: found.id)
    return found.marker == release.marker ? .ours(version) : .foreign(version, why: "another digest")
  }

  /// Uploads that hold something here.
  public var openUploads: [String] { uploads.keys.sorted() }

  func open(for job: JobID) throws(Fault) -> String {
    let late = try begin(.open)
    opened += 1
    let id = "upload-\(opened)"
    uploads[id] = Upload(job: job)
    try finish(late)
    return id
  }

  func offset(of id: String) throws(Fault) -> Int64 {
    try finish(try begin(.remaining))
    return try upload(id).offset
  }

  private func upload(_ id: String) throws(Fault) -> Upload {
    guard let upload = uploads[id] ?? spent[id] else { throw .transient(.sessionExpired, "no such upload") }
    return upload
  }

  func send(_ part: UploadPart, _ bytes: [UInt8], to id: String) throws(Fault) {
    let late = try begin(.send)
    let offset = try upload(id).offset
    guard offset == part.offset else { throw .transient(.misaligned, "at \(offset), not \(part.offset)") }
    uploads[id]?.offset = offset + part.length
    uploads[id]?.content += bytes
    bytesTaken += part.length
    try finish(late)
  }

  /// Checks what was sent against the artifact's digests.
  func seal(_ id: String, as artifact: Artifact) throws(Fault) {
    let late = try begin(.seal)
    var rest = try upload(id).content[...]
    guard rest.count == artifact.bytes else {
      throw .transient(.misaligned, "the upload holds \(rest.count) bytes of \(artifact.bytes)")
    }
    for file in artifact.files {
      let sha256 = SHA256.hash(data: Array(rest.prefix(Int(file.bytes)))).map { byte in
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }
      rest = rest.dropFirst(Int(file.bytes))
      if sha256.joined() != file.digests.sha256 {
        throw .transient(.corrupted, "\(file.path) did not arrive as it should")
      }
    }
    uploads[id]?.isSealed = true
    try finish(late)
  }

  func commit(_ release: Release, from id: String) throws(Fault) -> RemoteVersion {
    let late = try begin(.commit)
    let known = versions.first { $0.modelName == release.modelName && $0.modelVersion == release.modelVersion }
    if isKeyed, let known {
      try finish(late)
      return RemoteVersion(id: known.id)
    }
    let version = Version(
      id: "version-\(versions.count + 1)", modelName: release.modelName, modelVersion: release.modelVersion,
      marker: release.marker, content: try upload(id).content)
    versions.append(version)
    if let upload = uploads.removeValue(forKey: id) { spent[id] = upload }
    try finish(late)
    return RemoteVersion(id: version.id)
  }

  public func openUploads(of job: JobID) -> [String] { openUploads.filter { uploads[$0]?.job == job } }

  public func abandon(_ id: String) throws(Fault) {
    let late = try begin(.abandon)
    uploads[id] = nil
    try finish(late)
  }

  func verify() throws(Fault) { try finish(try begin(.verify)) }

  func target(of alias: String) throws(Fault) -> RemoteVersion? {
    try finish(try begin(.target))
    return aliases[alias].map { RemoteVersion(id: $0) }
  }

  func point(_ alias: String, at version: RemoteVersion?) throws(Fault) {
    let late = try begin(.point)
    aliases[alias] = version?.id
    try finish(late)
  }
}

/// One daemon's view of a ``ScriptedShelf``; parts of four bytes.
public struct ScriptedRegistry: Registry {
  public let shelf: ScriptedShelf
  public init(_ shelf: ScriptedShelf) { self.shelf = shelf }

  public var traits: RegistryTraits {
    RegistryTraits(kind: "scripted", guarantee: .byLookup, parallelParts: 1, hasAliases: true)
  }
  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] { [] }
  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> { try await shelf.find(release) }
  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    UploadOpening(
      session: UploadSession(state: .string(try await shelf.open(for: release.job))), total: release.artifact.bytes)
  }
  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    let sent = try await shelf.offset(of: session.state.string ?? "")
    let parts = stride(from: sent, to: release.artifact.bytes, by: 4).map {
      UploadPart(number: Int($0 / 4), offset: $0, length: min(4, release.artifact.bytes - $0))
    }
    return UploadPlan(session: session, sent: sent, parts: parts)
  }
  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    try await pace.take(Int(part.length))
    try await shelf.send(part, try Self.bytes(of: part, of: release), to: session.state.string ?? "")
    return PartReceipt(number: part.number, offset: part.offset, length: part.length)
  }
  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    try await shelf.seal(session.state.string ?? "", as: release.artifact)
    return session
  }
  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    try await shelf.commit(release, from: session.state.string ?? "")
  }
  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) { try await shelf.verify() }
  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    var ids = [upload.session?.state.string].compactMap(\.self)
    if upload.session == nil { ids = await shelf.openUploads(of: release.job) }
    for id in ids where id != upload.kept?.state.string { try await shelf.abandon(id) }
  }
  public func holdings(of session: UploadSession) -> [String] { [session.state.string ?? ""] }
  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    try await shelf.target(of: alias)
  }
  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    try await shelf.point(alias, at: version)
  }

  /// Read from the spool, as a real one does.
  private static func bytes(of part: UploadPart, of release: Release) throws(Fault) -> [UInt8] {
    var all: [UInt8] = []
    for file in release.artifact.files {
      let path = release.location(of: file)
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw .permanent(.notFound, "opening \(file.path): \(String(cString: strerror(errno)))")
      }
      defer { close(descriptor) }
      var bytes = [UInt8](repeating: 0, count: Int(file.bytes))
      guard read(descriptor, &bytes, bytes.count) == bytes.count else {
        throw .permanent(.io, "\(file.path) is shorter than it was")
      }
      all += bytes
    }
    return Array(all[Int(part.offset)..<Int(part.offset + part.length)])
  }
}
