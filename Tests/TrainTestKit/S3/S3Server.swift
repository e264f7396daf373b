internal import NIOCore
public import TrainCore

/// An S3 server of one bucket in this process, as strict as the strict ones: every signature and every payload's
/// digest is checked, parts have a least size, a completion must name all parts. Everything is in memory.
public actor S3Server {
  /// What it makes of `If-None-Match: *` and `If-Match`.
  public enum Condition: Sendable { case kept, ignored, notImplemented }

  public struct Object: Sendable {
    public var bytes: [UInt8]
    public var etag: String
    /// `x-amz-meta-*` and `content-type`.
    public var headers: [String: String]
  }

  struct Upload {
    var key: String
    var headers: [String: String]
    var parts: [Int: (bytes: [UInt8], etag: String)] = [:]
  }

  public nonisolated let bucket: String
  var keys = (id: "AKID", secret: "good/secret+key", token: String?.none)
  var region = "us-east-1"
  var now: Timestamp
  private let time: (any TimeSource)?
  var smallestPart: Int
  var pageSize = 1000
  var condition = Condition.kept
  /// Ceph's way: `If-Match` is the ETag without its quotes.
  var comparesBareETags = false
  /// Completions that are answered with 200 and an error, undone.
  var brokenCompletions = 0
  var hidesUploads = false
  var objects: [String: Object] = [:]
  var uploads: [String: Upload] = [:]
  var begun = 0
  /// How often each object was written.
  var writes: [String: Int] = [:]
  /// Requests that passed the signature's check, as `PUT part`.
  public internal(set) var calls: [String] = []
  /// Bytes of parts and objects that came in and were kept.
  public internal(set) var received = 0

  /// - Parameters:
  ///   - now: its clock, which stands still.
  ///   - time: a clock that goes, instead.
  ///   - smallestPart: bytes; the last part may be smaller.
  public init(
    bucket: String = "models", now: Timestamp = Timestamp(milliseconds: 1_700_000_000_000), smallestPart: Int = 5 << 20,
    time: (any TimeSource)? = nil
  ) {
    self.time = time
    self.bucket = bucket
    self.now = now
    self.smallestPart = smallestPart
  }

  /// Runs the server on a free port while `work` runs, every request passing the gate.
  public nonisolated func serve<Answer: Sendable>(
    through gate: FaultGate = FaultGate(), _ work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    try await LoopbackServer.serve(
      { request in try await gate.pass(request) { try await self.respond(to: $0) } }, while: work)
  }

  public func accept(id: String = "AKID", secret: String = "good/secret+key", token: String? = nil) {
    keys = (id, secret, token)
  }
  public func set(clock: Timestamp) { now = clock }
  public func set(region: String) { self.region = region }
  public func set(condition: Condition) { self.condition = condition }
  public func compareBareETags() { comparesBareETags = true }
  public func set(pageSize: Int) { self.pageSize = pageSize }
  public func breakCompletions(_ count: Int) { brokenCompletions = count }
  public func hideUploads() { hidesUploads = true }
  public func forgetUploads() { uploads = [:] }
  public func remove(_ key: String) { objects[key] = nil }
  public func put(_ key: String, _ bytes: [UInt8]) {
    objects[key] = Object(bytes: bytes, etag: SampleRelease.md5(of: bytes), headers: [:])
  }

  public var openUploads: Int { uploads.count }
  public var allObjects: [String: Object] { objects }
  public func count(_ call: String) -> Int { calls.count { $0 == call } }

  func respond(to request: LoopbackRequest) async throws -> LoopbackReply {
    let body = Array(try await request.read().readableBytesView)
    let signature = S3Signature(
      key: keys.id, secret: keys.secret, token: keys.token, region: region, now: time?.now ?? now)
    do throws(S3Signature.Refusal) {
      try signature.check(request, body)
    } catch {
      return Self.refuse(error.status, error.code)
    }
    let parts = request.path.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.first == bucket else { return Self.refuse(404, "NoSuchBucket") }
    let key = parts.count > 1 ? parts[1].percentDecoded : ""
    return perform(request, key, body)
  }

  private func perform(_ request: LoopbackRequest, _ key: String, _ body: [UInt8]) -> LoopbackReply {
    let upload = request.query["uploadId"]?.percentDecoded
    switch (request.method, key.isEmpty, upload, request.query["uploads"] != nil) {
    case ("GET", true, nil, true): return record("list uploads", listUploads(request))
    case ("POST", false, nil, true): return record("create upload", create(key, request))
    case ("PUT", false, let id?, _): return record("put part", part(key, id, request, body))
    case ("GET", false, let id?, _): return record("list parts", listParts(id, request))
    case ("POST", false, let id?, _): return record("complete", complete(key, id, body))
    case ("DELETE", false, let id?, _): return record("abort", abort(id))
    case ("PUT", false, nil, false): return record("put object", put(key, request, body))
    case ("GET", false, nil, false): return record("get object", get(key))
    case ("HEAD", false, nil, false): return record("head object", head(key))
    default: return Self.refuse(405, "MethodNotAllowed")
    }
  }

  private func record(_ call: String, _ reply: LoopbackReply) -> LoopbackReply {
    calls.append(call)
    return reply
  }

  static func refuse(_ status: Int, _ code: String, headers: [(String, String)] = []) -> LoopbackReply {
    xml(status, "<Error><Code>\(code)</Code><Message>planned &amp; meant</Message></Error>", headers: headers)
  }

  static func xml(_ status: Int, _ text: String, headers: [(String, String)] = []) -> LoopbackReply {
    .answer(
      status, headers: headers + [("content-type", "application/xml")],
      body: ByteBuffer(string: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(text)"))
  }

  static func kept(_ request: LoopbackRequest) -> [String: String] {
    var kept: [String: String] = [:]
    for header in request.headers {
      let name = header.name.lowercased()
      if name.hasPrefix("x-amz-meta-") || name == "content-type" { kept[name] = header.value }
    }
    return kept
  }
}
