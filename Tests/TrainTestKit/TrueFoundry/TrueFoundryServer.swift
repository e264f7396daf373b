internal import FoundationEssentials
internal import NIOCore
public import TrainCore
internal import TrainTransport

/// A TrueFoundry control plane and its object store in this process: staging, signed addresses that come to their end,
/// multipart uploads, versions. Everything is in memory. What is not published (a second commit of one staged version
/// is the same version, ...) is as the public clients need it.
public actor TrueFoundryServer {
  struct Version {
    var staged: JSON
    var root: String
    /// Whole once it is committed.
    var committed: JSON?
    var isFailed = false
  }

  struct Multipart {
    var key: String
    var count: Int
    var parts: [Int: [UInt8]] = [:]
    var isDone = false
  }

  /// What the store is like.
  public enum Store: Sendable {
    case s3
    /// Its ETags are no MD5s.
    case encrypted
    case azure
  }

  let address = TrueFoundryAddresses()
  var store = Store.s3
  var versions: [String: Version] = [:]
  var order: [String] = []
  var multiparts: [String: Multipart] = [:]
  /// By `<version>/<path>`.
  var objects: [String: [UInt8]] = [:]
  /// Addresses of earlier ages have run out.
  var age = 0
  private var accepted = "good"
  /// Tags that are set join those that a version has, instead of replacing them.
  var joinsTags = false
  private var prefixes: Set<String> = ["svc", "ml"]
  /// Completions that answer 200 with an error in it.
  var falseCompletions = 0
  public private(set) var calls: [String] = []
  /// As they came, escaped.
  public private(set) var queries: [[String: String]] = []
  public internal(set) var markedFailed: [String] = []
  /// Parts and files that came in, as `path` or `path#part`.
  public internal(set) var received: [String] = []
  public internal(set) var bytesReceived = 0
  /// The staged versions whose commit was done, one entry for each time.
  var commitsDone: [String] = []
  /// Stored requests that carried a header which no address had signed.
  public internal(set) var strangers: [String] = []
  /// Headers of stored parts that tell an MD5.
  public internal(set) var announced = 0
  public static let repository = "vision-models"

  public init() {}

  /// Runs the server on a free port while `work` runs, every request passing the gate.
  public nonisolated func serve<Answer: Sendable>(
    through gate: FaultGate = FaultGate(), _ work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    try await LoopbackServer.serve(
      { request in try await gate.pass(request) { try await self.respond(to: $0) } },
      while: { endpoint in
        self.address.base = endpoint
        return try await work(endpoint)
      })
  }

  public func accept(key: String) { accepted = key }
  public func answer(at prefixes: Set<String>) { self.prefixes = prefixes }
  public func store(as store: Store) { self.store = store }
  /// All addresses handed out so far come to their end.
  public func expireAddresses() { age += 1 }
  /// The store forgets every upload that is not finished.
  public func forgetMultiparts() { multiparts = multiparts.filter { $0.value.isDone } }
  public func forgetStaged() { versions = versions.filter { $0.value.committed != nil } }
  public func completeFalsely(_ times: Int) { falseCompletions = times }
  public func joinTags() { joinsTags = true }
  public func live(for seconds: Int) { address.life = seconds }

  public var committed: [JSON] { order.compactMap { versions[$0]?.committed } }
  public var stagedCount: Int { order.count }
  /// Staged versions that are neither committed nor said to have failed.
  public var openUploads: Int { versions.values.count { $0.committed == nil && !$0.isFailed } }
  public var multipartCount: Int { multiparts.count }
  public func count(_ call: String) -> Int { calls.count { $0 == call } }

  /// The files of a version, by path.
  public func files(of version: String) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for (key, bytes) in objects where key.hasPrefix("\(version)/") {
      files[String(key.dropFirst(version.count + 1))] = bytes
    }
    return files
  }

  /// A version that somebody else made.
  public func add(name: String, metadata: JSON, alias: String? = nil) {
    let id = newID()
    var manifest: JSON = [
      "type": "model-version", "name": .string(name), "ml_repo": .string(Self.repository), "metadata": metadata,
      "source": ["type": "truefoundry", "uri": "s3://bucket/elsewhere"],
    ]
    if let alias { manifest["version_alias"] = .string(alias) }
    versions[id] = Version(staged: manifest, root: "s3://bucket/elsewhere/\(id)")
    commit(id, manifest)
  }

  /// Gives a version a tag, as somebody by hand.
  public func tag(_ version: String, _ tag: String) {
    _ = self.tag(["model_version_id": .string(version), "tags": [.string(tag)], "force": true])
  }
  public func tags(of version: String) -> Set<String> {
    Set((versions[version]?.committed?["tags"]?.array ?? []).compactMap(\.string))
  }

  /// Changes a file of a version.
  public func truncate(_ version: String, _ path: String) { objects["\(version)/\(path)"]?.removeLast() }
  public func rewrite(_ version: String, metadata: JSON) {
    var manifest = versions[version]?.committed?["manifest"] ?? .empty
    manifest["metadata"] = metadata
    versions[version]?.committed?["manifest"] = manifest
  }

  func newID() -> String {
    let number = String(order.count, radix: 16)
    let id = "00000000-0000-4000-8000-\(String(repeating: "0", count: 12 - number.count))\(number)"
    order.append(id)
    return id
  }

  @discardableResult
  func commit(_ id: String, _ manifest: JSON) -> JSON {
    let number =
      versions[id]?.committed?["manifest"]?["version"]?.int
      ?? Int64(committed.count { $0["manifest"]?["name"] == manifest["name"] } + 1)
    var manifest = manifest
    // As newer servers write numbers.
    manifest["version"] = .double(Double(number))
    let name = manifest["name"]?.string ?? ""
    let version: JSON = [
      "id": .string(id), "fqn": .string("model:acme/\(Self.repository)/\(name):\(number)"), "manifest": manifest,
      "ml_repo_id": "7", "model_id": .string("m-\(name)"), "created_at": "2026-11-21T00:00:00Z",
      "updated_at": "2026-11-21T00:00:00Z", "tags": versions[id]?.committed?["tags"] ?? [], "metrics": [],
      "deployable": false,
      "usage_code_snippet": "client.get(...)",
      "created_by_subject": ["subjectId": "u-1", "subjectType": "agent-of-the-future"],
    ]
    versions[id]?.committed = version
    commitsDone.append(id)
    return version
  }

  func respond(to request: LoopbackRequest) async throws -> LoopbackReply {
    if request.path.hasPrefix("/store/") { return try await respondAsStore(to: request) }
    let words = request.path.split(separator: "/").map(String.init)
    let body = try await request.read()
    guard words.count >= 4, words[0] == "api", prefixes.contains(words[1]), words[2] == "v1" else {
      return Self.reply(404, ["statusCode": 404, "message": "no such route"])
    }
    guard request.header("authorization") == "Bearer \(accepted)" else {
      return Self.reply(401, ["statusCode": 401, "message": "Invalid or expired token"])
    }
    let path = words.dropFirst(3).joined(separator: "/")
    let json = JSON(parsing: body) ?? .empty
    calls.append("\(request.method) \(path)")
    if !request.query.isEmpty { queries.append(request.query) }
    switch (request.method, words[3], words.count) {
    case ("GET", "ml-repos", 4): return repositories(request)
    case ("GET", "models", 4): return models(request)
    case ("GET", "models", 5): return model(words[4])
    case ("GET", "model-versions", 4): return list(request)
    case ("GET", "model-versions", 5): return show(words[4])
    case ("PUT", "model-versions", 5) where words[4] == "tags": return tag(json)
    case ("PUT", "model-versions", 4): return commit(json["manifest"] ?? .null)
    case ("POST", "artifact-versions", _): return staging(Array(words.dropFirst(4)), json)
    default: return Self.reply(404, ["statusCode": 404, "message": "no such route"])
    }
  }

  static func reply(_ status: Int, _ body: JSON) -> LoopbackReply {
    .answer(status, headers: [("content-type", "application/json")], body: ByteBuffer(string: body.canonical))
  }
}
