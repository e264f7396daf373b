internal import NIOCore
public import TrainCore
internal import TrainTransport

/// An MLflow 3 server with its artifact proxy in this process, and the store behind it. Everything is in memory.
public actor MLflowServer {
  public struct Run: Sendable {
    public var experiment: String
    public var name: String
    public var status = "RUNNING"
    public var ended: Int64?
    public var isDeleted = false
    public var tags: [String: String] = [:]
    public var parameters: [String: String] = [:]
    /// `loss 0.5 @2000`, each once.
    public var metrics: Set<String> = []
  }

  struct Version {
    var model: String
    var number: Int64
    var source: String
    var run: String
    var description: String
    var tags: [String: String]
    /// Calls until it is ready.
    var pending = 0
    var failure: String?
  }

  struct Upload {
    var path: String
    var count: Int
    var parts: [Int: [UInt8]] = [:]
    var isExpired = false
  }

  var aliases: [String: [String: Int64]] = [:]
  var versions: [Version] = []
  var experiments: [String: (id: String, isDeleted: Bool)] = ["Default": ("0", false)]
  var runs: [String: Run] = [:]
  var runOrder: [String] = []
  var files: [String: [UInt8]] = [:]
  var uploads: [String: Upload] = [:]
  var uploadCount = 0
  /// How often each alias was set or removed by a request, as `model:alias`.
  var moves: [String: Int] = [:]
  /// The jobs whose versions were made, one entry for each, whatever became of it.
  var made: [String] = []
  /// Bytes of files and parts that came in and were kept.
  public internal(set) var received = 0
  var host = ""

  /// Every call, as `POST runs/create`; parts sent to the store as `PUT store`.
  public private(set) var calls: [String] = []
  /// Calls to the store that carried our login.
  public private(set) var leaks = 0
  private var authorization: String?
  var offersMultipart: Bool
  let areTagsDigests: Bool
  /// Where parts are to be sent; `nil` = here.
  var storeOrigin: String?
  var pageSize = 1000
  var pending = 0
  var failure: String?
  private var rival: (@Sendable (MLflowServer) async -> Void)?
  var artifactScheme = "mlflow-artifacts:/"

  /// - Parameters:
  ///   - offersMultipart: whether the store behind it takes uploads in parts.
  ///   - areTagsDigests: whether the ETags of parts are their MD5s.
  public init(offersMultipart: Bool = false, areTagsDigests: Bool = true) {
    self.offersMultipart = offersMultipart
    self.areTagsDigests = areTagsDigests
  }

  /// Runs the server on a free port while `work` runs, every request passing the gate.
  public nonisolated func serve<Answer: Sendable>(
    through gate: FaultGate = FaultGate(), _ work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    try await LoopbackServer.serve(
      { request in try await gate.pass(request) { try await self.respond(to: $0) } }, while: work)
  }

  // What tests do to it, and see of it.

  /// Whoever does not send this is refused; `nil` = nobody is.
  public func require(authorization: String?) { self.authorization = authorization }
  public func show(pageSize: Int) { self.pageSize = pageSize }
  /// The next versions are not ready for so many looks, or fail.
  public func register(after looks: Int, failing why: String? = nil) {
    pending = looks
    failure = why
  }
  /// Happens once, when the next version is about to be made.
  public func beforeVersion(_ happen: @escaping @Sendable (MLflowServer) async -> Void) { rival = happen }
  public func keepArtifacts(at scheme: String) { artifactScheme = scheme }
  public func moveStore(to origin: String?) { storeOrigin = origin }
  /// The signed addresses given so far are no longer good.
  public func expireAddresses() { for id in uploads.keys { uploads[id]?.isExpired = true } }
  public func deleteRuns() { for id in runs.keys { runs[id]?.isDeleted = true } }
  public func delete(experiment name: String) { experiments[name]?.isDeleted = true }

  public func count(_ call: String) -> Int { calls.count { $0 == call } }
  public var allRuns: [Run] { runOrder.compactMap { runs[$0] } }
  public var versionCount: Int { versions.count }
  public var openUploads: Int { uploads.count }
  public func alias(_ alias: String, of model: String) -> Int64? { aliases[model]?[alias] }
  public func experiment(_ name: String) -> String? { experiments[name]?.id }

  /// A version's members as `GET model-versions/get` shows them.
  public func version(_ id: String) -> JSON? { versions.first { "\($0.model)/\($0.number)" == id }.map(shown) }

  /// The bytes of a version's files, by path below its source.
  public func held(_ id: String) -> [String: [UInt8]]? {
    guard let source = versions.first(where: { "\($0.model)/\($0.number)" == id })?.source else { return nil }
    let root = source.replacing("mlflow-artifacts:/", with: "") + "/"
    return Dictionary(
      uniqueKeysWithValues: files.filter { $0.key.hasPrefix(root) }.map {
        (String($0.key.dropFirst(root.count)), $0.value)
      }
    )
  }

  /// Drops the last byte of a version's largest file.
  public func truncate(_ id: String) {
    guard let source = versions.first(where: { "\($0.model)/\($0.number)" == id })?.source else { return }
    let root = source.replacing("mlflow-artifacts:/", with: "") + "/"
    if let path = files.filter({ $0.key.hasPrefix(root) }).max(by: { $0.value.count < $1.value.count })?.key {
      files[path]?.removeLast()
    }
  }

  /// Puts a version there as somebody else would.
  public func add(version tags: [String: String], of model: String) {
    if aliases[model] == nil { aliases[model] = [:] }
    versions.append(
      Version(
        model: model, number: nextNumber(of: model), source: "mlflow-artifacts:/0/else/artifacts/model", run: "else",
        description: "", tags: tags))
  }

  /// Points an alias at a model's newest version, as somebody else would.
  public func point(_ alias: String, of model: String) { aliases[model]?[alias] = nextNumber(of: model) - 1 }
  /// Takes away the versions that a job made.
  public func remove(versionsOf job: String) { versions.removeAll { $0.tags["traind.job"] == job } }

  func nextNumber(of model: String) -> Int64 { (versions.filter { $0.model == model }.map(\.number).max() ?? 0) + 1 }

  func respond(to request: LoopbackRequest) async throws -> LoopbackReply {
    host = request.header("host") ?? ""
    let body = try await request.read()
    let parts = request.path.split(separator: "/").map(String.init)
    if parts.first == "store" {
      calls.append("PUT store")
      if request.header("authorization") != nil { leaks += 1 }
      return part(parts, Array(body.readableBytesView))
    }
    guard authorization == nil || request.header("authorization") == authorization else {
      return .answer(401, body: ByteBuffer(string: "You are not authenticated."))
    }
    guard parts.count > 3, parts[0] == "api", parts[1] == "2.0" else {
      return Self.refusal(404, "ENDPOINT_NOT_FOUND", "")
    }
    if parts[2] == "mlflow-artifacts" { return artifacts(request, parts.dropFirst(3).map { $0 }, body) }
    let call = parts.dropFirst(3).joined(separator: "/")
    calls.append("\(request.method) \(call)")
    var input = JSON.empty
    if request.method != "GET" {
      guard let json = JSON(parsing: body) else { return Self.refusal(400, "BAD_REQUEST", "no JSON") }
      input = json
    } else {
      for (key, value) in request.query { input[key] = .string(value.percentDecoded) }
    }
    if call == "model-versions/create", let rival {
      self.rival = nil
      await rival(self)
    }
    return perform(request.method, call, input)
  }

  private func perform(_ method: String, _ call: String, _ input: JSON) -> LoopbackReply {
    switch (method, call) {
    case ("POST", "registered-models/create"): createModel(input)
    case ("GET", "registered-models/get"): getModel(input)
    case ("POST", "registered-models/alias"): setAlias(input)
    case ("DELETE", "registered-models/alias"): deleteAlias(input)
    case ("POST", "model-versions/create"): createVersion(input)
    case ("DELETE", "model-versions/delete"): deleteVersion(input)
    case ("GET", "model-versions/get"): getVersion(input)
    case ("GET", "model-versions/search"): searchVersions(input)
    case ("GET", "experiments/get-by-name"): getExperiment(input)
    case ("POST", "experiments/create"): createExperiment(input)
    case ("POST", "runs/create"): createRun(input)
    case ("GET", "runs/get"): getRun(input)
    case ("POST", "runs/search"): searchRuns(input)
    case ("POST", "runs/log-batch"): logBatch(input)
    case ("POST", "runs/update"): updateRun(input)
    default: Self.refusal(404, "ENDPOINT_NOT_FOUND", call)
    }
  }

  func note(_ call: String) { calls.append(call) }

  /// The conditions of a filter, joined by AND: attribute or `tags.NAME`, and the text that it must equal.
  static func conditions(_ filter: String) -> [(name: String, value: String)] {
    filter.split(separator: " AND ").compactMap { condition in
      let halves = condition.split(separator: "=", maxSplits: 1).map { half in
        half.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      }
      guard halves.count == 2, halves[1].first == "'", halves[1].last == "'" else { return nil }
      return (String(halves[0]).replacing("`", with: ""), String(halves[1].dropFirst().dropLast()))
    }
  }

  static func tags(_ json: JSON?) -> [String: String] {
    Dictionary((json?.array ?? []).compactMap { tag in tag["key"]?.string.map { ($0, tag["value"]?.string ?? "") } }) {
      $1
    }
  }

  static func shown(_ tags: [String: String]) -> JSON {
    .array(tags.map { ["key": .string($0.key), "value": .string($0.value)] })
  }

  static func reply(_ body: JSON) -> LoopbackReply {
    .answer(200, headers: [("content-type", "application/json")], body: ByteBuffer(string: body.canonical))
  }

  static func refusal(_ status: Int, _ code: String, _ message: String) -> LoopbackReply {
    .answer(
      status, headers: [("content-type", "application/json")],
      body: ByteBuffer(string: JSON.object(["error_code": .string(code), "message": .string(message)]).canonical))
  }
}
