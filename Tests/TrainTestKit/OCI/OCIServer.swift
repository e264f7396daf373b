internal import Crypto
internal import NIOCore
public import TrainCore
internal import TrainTransport

/// An OCI registry in this process, by the distribution specification 1.1 and with the manners of the distribution
/// project's: the offset is part of an upload's place. Everything is in memory.
public actor OCIServer {
  public enum Access: Sendable, Hashable {
    case open
    case basic(user: String, password: String)
    /// Tokens of this server's own, each good until ``expireTokens()``.
    case exchanged(user: String, password: String)
    case bearer(String)
  }

  struct Repository {
    var blobs: [String: [UInt8]] = [:]
    var manifests: [String: [UInt8]] = [:]
    var tags: [String: String] = [:]
  }

  struct Upload {
    var repository: String
    var bytes: [UInt8] = []
  }

  var repositories: [String: Repository] = [:]
  var uploads: [String: Upload] = [:]
  var begun = 0
  /// How often each tag was set or removed by a request, as `repository:tag`.
  var moves: [String: Int] = [:]
  var access: Access
  var endpoint = ""
  /// An upload is known by its path alone, as other registries do it.
  var forgivesPlaces = false
  var saysAbsolutePlaces = false
  /// Another name of this server, as a registry has it that lets its store take uploads.
  var storeOrigin: String?
  var tokens: Set<String> = []
  /// Requests that were let in, as `PATCH upload`.
  public internal(set) var calls: [String] = []
  /// Bytes of blobs that came in and were kept.
  public internal(set) var received = 0
  /// Scopes that tokens were asked for.
  public internal(set) var scopes: [[String]] = []

  public init(_ access: Access = .open) { self.access = access }

  /// Runs the server on a free port while `work` runs, every request passing the gate.
  public nonisolated func serve<Answer: Sendable>(
    through gate: FaultGate = FaultGate(), _ work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    try await LoopbackServer.serve(
      { request in try await gate.pass(request) { try await self.respond(to: $0) } },
      while: { endpoint in
        await self.set(endpoint: endpoint)
        return try await work(endpoint)
      })
  }

  private func set(endpoint: String) { self.endpoint = endpoint }
  public func set(access: Access) { self.access = access }
  public func forgivePlaces() { forgivesPlaces = true }
  public func sayAbsolutePlaces() { saysAbsolutePlaces = true }
  public func sendUploads(to origin: String) { storeOrigin = origin }
  public func expireTokens() { tokens = [] }
  public func forgetUploads() { uploads = [:] }
  public func add(_ blob: [UInt8], to repository: String) {
    repositories[repository, default: Repository()].blobs[Self.digest(blob)] = blob
  }
  public func removeBlob(_ digest: String, from repository: String) { repositories[repository]?.blobs[digest] = nil }
  public func tag(_ tag: String, in repository: String, as manifest: JSON) {
    let bytes = Array(manifest.canonical.utf8)
    repositories[repository, default: Repository()].manifests[Self.digest(bytes)] = bytes
    repositories[repository]?.tags[tag] = Self.digest(bytes)
  }

  /// Without those that lead to another tag's manifest.
  public var tagCount: Int {
    repositories.values.reduce(0) { count, held in
      count
        + held.tags.count { tag, digest in
          let manifest = held.manifests[digest].flatMap { JSON(parsing: ByteBuffer(bytes: $0)) }
          return manifest?["annotations"]?["traind.tag"].map { $0 == .string(tag) } ?? true
        }
    }
  }
  public var openUploads: Int { uploads.count }
  public func count(_ call: String) -> Int { calls.count { $0 == call } }
  public func manifest(_ tag: String, in repository: String) -> JSON? {
    repositories[repository].flatMap { held in held.tags[tag].flatMap { held.manifests[$0] } }
      .flatMap { JSON(parsing: ByteBuffer(bytes: $0)) }
  }
  public func blob(_ digest: String, in repository: String) -> [UInt8]? { repositories[repository]?.blobs[digest] }

  public static func digest(_ bytes: [UInt8]) -> String {
    "sha256:" + SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  func respond(to request: LoopbackRequest) async throws -> LoopbackReply {
    let body = Array(try await request.read().readableBytesView)
    if request.path == "/token" { return token(request) }
    if let refusal = refusal(of: request) { return refusal }
    guard request.path.hasPrefix("/v2/") else { return Self.refuse(404, "UNSUPPORTED") }
    let parts = request.path.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let kind = parts.lastIndex(where: { $0 == "blobs" || $0 == "manifests" }), parts.count > kind + 1 else {
      return Self.refuse(404, "UNSUPPORTED")
    }
    let repository = parts[..<kind].joined(separator: "/")
    let name = parts[kind + 1]
    if parts[kind] == "manifests" { return manifest(request.method, repository, name, body) }
    guard name == "uploads" else { return blob(request.method, repository, name) }
    let id = parts.count > kind + 2 ? parts[kind + 2] : ""
    return id.isEmpty ? begin(request, repository) : upload(request, repository, id, body)
  }

  static func refuse(_ status: Int, _ code: String, headers: [(String, String)] = []) -> LoopbackReply {
    let body: JSON = ["errors": [["code": .string(code), "message": "planned"]]]
    return .answer(
      status, headers: headers + [("content-type", "application/json")], body: ByteBuffer(string: body.canonical))
  }
}
