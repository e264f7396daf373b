public import TrainCore

/// A registry in memory: uploads in parts, versions made visible by a commit, faults on demand.
public actor ScriptedShelf {
  public enum Call: String, Sendable, CaseIterable {
    case find, open, remaining, send, seal, commit, verify, target, point
  }

  public struct Version: Sendable, Hashable {
    public var id: String
    public var modelName: String
    public var modelVersion: String
    public var marker: JSON

    public init(id: String, modelName: String, modelVersion: String, marker: JSON) {
      self.id = id
      self.modelName = modelName
      self.modelVersion = modelVersion
      self.marker = marker
    }
  }

  public private(set) var versions: [Version] = []
  public private(set) var calls: [Call: Int] = [:]
  /// Alias -> the id of a version.
  public private(set) var aliases: [String: String] = [:]
  public private(set) var bytesTaken: Int64 = 0
  private var uploads: [String: Int64] = [:]
  private var scripts: [(call: Call, fault: Fault, times: Int, afterEffect: Bool)] = []

  public init() {}

  public func fail(_ call: Call, _ fault: Fault, times: Int = 1, afterEffect: Bool = false) {
    scripts.append((call, fault, times, afterEffect))
  }
  public func recover() { scripts = [] }
  public func plant(_ version: Version) { versions.append(version) }
  public func plant(alias: String, at version: String?) { aliases[alias] = version }
  public func loseUploads() { uploads = [:] }

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

  func open() throws(Fault) -> String {
    let late = try begin(.open)
    let id = "upload-\(uploads.count + 1)"
    uploads[id] = 0
    try finish(late)
    return id
  }

  func offset(of id: String) throws(Fault) -> Int64 {
    try finish(try begin(.remaining))
    guard let offset = uploads[id] else {
      throw .transient(.sessionExpired, "no such upload")
    }
    return offset
  }

  func send(_ part: UploadPart, to id: String) throws(Fault) {
    let late = try begin(.send)
    guard let offset = uploads[id] else { throw .transient(.sessionExpired, "no such upload") }
    guard offset == part.offset else { throw .transient(.misaligned, "at \(offset), not \(part.offset)") }
    uploads[id] = offset + part.length
    bytesTaken += part.length
    try finish(late)
  }

  func seal() throws(Fault) { try finish(try begin(.seal)) }

  func commit(_ release: Release) throws(Fault) -> RemoteVersion {
    let late = try begin(.commit)
    let version = Version(
      id: "version-\(versions.count + 1)", modelName: release.modelName, modelVersion: release.modelVersion,
      marker: release.marker)
    versions.append(version)
    try finish(late)
    return RemoteVersion(id: version.id)
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
    UploadOpening(session: UploadSession(state: .string(try await shelf.open())), total: release.artifact.bytes)
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
    try await shelf.send(part, to: session.state.string ?? "")
    return PartReceipt(number: part.number, offset: part.offset, length: part.length)
  }
  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    try await shelf.seal()
    return session
  }
  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    try await shelf.commit(release)
  }
  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) { try await shelf.verify() }
  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    try await shelf.target(of: alias)
  }
  public func point(_ alias: String, at version: RemoteVersion?, for release: Release) async throws(Fault) {
    try await shelf.point(alias, at: version)
  }
}
