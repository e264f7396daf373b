internal import FoundationEssentials
internal import NIOCore
public import TrainCore
internal import TrainTransport

/// A Synapse backend (v1) in this process: its chunked upload by the rules of drf-chunked-upload 0.6.0, its models with
/// unique names, and a menu of faults. Everything is in memory.
public actor SynapseServer {
  struct Upload {
    var filename: String
    var bytes: [UInt8] = []
    /// What the database says; a torn chunk leaves more bytes than that.
    var offset = 0
    var isComplete = false
    /// Chunks on their way: states to be asked for until they arrive.
    var late: (states: Int, bytes: [UInt8])?
  }

  public let token: String
  private var uploads: [String: Upload] = [:]
  private var order: [String] = []
  private var models: [(json: JSON, content: [UInt8])] = []
  private var planned: [SynapseCall: [SynapseFault]] = [:]
  public private(set) var calls: [SynapseCall] = []
  /// Bytes of chunks that came in, whether they were kept or not.
  public private(set) var received = 0
  /// Chunks that came while another was on its way: they corrupt an upload.
  public private(set) var overlaps = 0
  /// `content-range` and `content-length` of each chunk, as they came.
  public private(set) var ranges: [String] = []
  public private(set) var tenants: Set<String> = []
  /// A larger request is refused with 413, as a proxy does; `nil` = any.
  public var largestBody: Int?
  public var pageSize = 100
  /// Whether the list of models shows each one's `configuration`.
  public var listsConfiguration = true
  private var accepted: String
  private var garble: (@Sendable ([UInt8]) -> [UInt8])?
  private var events: [JSON] = []
  private var versions: [String: JSON] = [:]
  private var files: [String: [UInt8]] = [:]
  /// The query of each call but those for files.
  public private(set) var queries: [[String: String]] = []
  /// From which byte files were asked for.
  public private(set) var starts: [Int] = []
  /// Requests for files that carried our token.
  public private(set) var tokensAtFiles = 0

  public init(token: String = "good") {
    self.token = token
    accepted = token
  }

  /// Runs the server on a free port while `work` runs, every request passing the gate.
  public nonisolated func serve<Answer: Sendable>(
    through gate: FaultGate = FaultGate(), _ work: @Sendable (String) async throws -> Answer
  ) async throws -> Answer {
    try await LoopbackServer.serve(
      { request in try await gate.pass(request) { try await self.respond(to: $0) } }, while: work)
  }

  /// The faults of the next calls of a kind, in order.
  public func plan(_ call: SynapseCall, _ faults: SynapseFault...) { planned[call, default: []] += faults }
  /// What every answer's body goes through on its way, whatever its call did.
  public func garble(_ work: (@Sendable ([UInt8]) -> [UInt8])?) { garble = work }
  public func forgetPlans(of call: SynapseCall) { planned[call] = nil }
  public func accept(token: String) { accepted = token }
  public func limit(body: Int?) { largestBody = body }
  public func hideConfigurations(pageSize: Int = 100) {
    listsConfiguration = false
    self.pageSize = pageSize
  }
  public func forgetUploads() { uploads = [:] }

  public var allModels: [JSON] { models.map(\.json) }
  public var uploadCount: Int { order.count }
  public func count(_ call: SynapseCall) -> Int { calls.count { $0 == call } }

  /// What traind wrote into a model's configuration.
  public static func marker(of model: JSON) -> JSON? { model["configuration"]?["traind"] }

  /// The bytes of a model's file.
  public func content(ofModel id: String) -> [UInt8]? {
    models.first { $0.json["id"]?.int.map(String.init) == id }?.content
  }

  public func addModel(_ json: JSON) {
    var json = json
    if json["id"] == nil { json["id"] = .int(Int64(models.count + 1)) }
    models.append((json, []))
  }

  public func rewrite(model id: String, file: String) {
    for index in models.indices where models[index].json["id"]?.int.map(String.init) == id {
      models[index].json["file"] = .string(file)
    }
  }

  /// Changes a model's configuration.
  public func rewrite(model id: String, configuration: JSON) {
    for index in models.indices where models[index].json["id"]?.int.map(String.init) == id {
      models[index].json["configuration"] = configuration
    }
  }

  func respond(to request: LoopbackRequest) async throws -> LoopbackReply {
    if request.path.hasPrefix("/media/") { return media(request) }
    if let tenant = request.header("synapse-tenant") { tenants.insert(tenant) }
    guard request.header("synapse-access-token") == "Token \(accepted)" else {
      _ = try await request.read()
      return Self.reply(401, ["detail": "Invalid token."])
    }
    guard let (call, id) = Self.route(request) else { return Self.reply(404, ["detail": "Not found."]) }
    calls.append(call)
    queries.append(request.query)
    let fault = planned[call]?.isEmpty == false ? planned[call]?.removeFirst() ?? .none : .none
    if case .resetMidBody = fault {
      received += try await request.read(atLeast: 1).readableBytes
      return .reset
    }
    let length = request.header("content-length").flatMap(Int.init) ?? 0
    if let largestBody, length > largestBody {
      _ = try await request.read()
      return .answer(413, body: ByteBuffer(string: "<html>413 Request Entity Too Large</html>"))
    }
    let body = Array(try await request.read().readableBytesView)
    if call == .chunk || call == .firstChunk { ranges.append(request.header("content-range") ?? "none") }
    switch fault {
    case .status(let status, let after, let text):
      return .answer(
        status, headers: [("content-type", "application/json")] + (after.map { [("retry-after", $0)] } ?? []),
        body: ByteBuffer(string: text))
    case .garbage: return .answer(200, body: ByteBuffer(string: "<html>please log in</html>"))
    case .none, .answerLost, .resetMidBody, .statusAfter, .offsetOff, .torn, .corrupt, .late, .cut: break
    }
    let reply = perform(call, id, request, body, fault)
    switch fault {
    case .answerLost, .torn, .late: return .reset
    case .statusAfter(let status): return Self.reply(status, ["detail": "planned"])
    case .none, .resetMidBody, .status, .offsetOff, .corrupt, .garbage, .cut: return garbled(reply)
    }
  }

  private func garbled(_ reply: LoopbackReply) -> LoopbackReply {
    guard let garble, case .answer(let status, let headers, let body) = reply else { return reply }
    return .answer(
      status, headers: headers.filter { $0.0.lowercased() != "content-length" },
      body: ByteBuffer(bytes: garble(Array(body.readableBytesView))))
  }

  private static func route(_ request: LoopbackRequest) -> (SynapseCall, String)? {
    let parts = request.path.split(separator: "/").map(String.init)
    // Django's: a path without its last slash is another path.
    guard request.path.hasSuffix("/"), let first = parts.first else { return nil }
    switch (request.method, first, parts.count) {
    case ("PUT", "chunked_upload", 1): return (.firstChunk, "")
    case ("PUT", "chunked_upload", 2): return (.chunk, parts[1])
    case ("GET", "chunked_upload", 2): return (.state, parts[1])
    case ("POST", "chunked_upload", 2): return (.finalize, parts[1])
    case ("GET", "models", 1): return (.listModels, "")
    case ("GET", "models", 2): return (.showModel, parts[1])
    case ("POST", "models", 1): return (.createModel, "")
    case ("GET", "sdk", 2) where parts[1] == "ground_truth_events": return (.listEvents, "")
    case ("GET", "ground_truth_dataset_versions", 2): return (.showVersion, parts[1])
    default: return nil
    }
  }

  private func perform(
    _ call: SynapseCall, _ id: String, _ request: LoopbackRequest, _ body: [UInt8], _ fault: SynapseFault
  ) -> LoopbackReply {
    switch call {
    case .firstChunk, .chunk: chunk(id, request, body, fault)
    case .state: state(id)
    case .finalize: finalize(id, body)
    case .listModels: list(request)
    case .showModel: show(id)
    case .createModel: create(body, request)
    case .listEvents: page(of: events, request)
    case .showVersion:
      versions[id].map { Self.reply(200, $0) } ?? Self.reply(404, ["detail": "No GroundTruthDatasetVersion matches."])
    case .media: Self.reply(404, ["detail": "Not found."])
    }
  }

  // Files: an ETag, ranges, and no token wanted.

  private func media(_ request: LoopbackRequest) -> LoopbackReply {
    calls.append(.media)
    tokensAtFiles += request.header("synapse-access-token") == nil ? 0 : 1
    let fault = planned[.media]?.isEmpty == false ? planned[.media]?.removeFirst() ?? .none : .none
    if case .status(let status, let after, let text) = fault {
      return .answer(
        status, headers: after.map { [("retry-after", $0)] } ?? [], body: ByteBuffer(string: text))
    }
    let path = request.path
    guard let content = files[path] else { return .answer(404) }
    let tag = "\"\(SampleRelease.md5(of: content))\""
    var start = 0
    let mayResume = request.header("if-range").map { $0 == tag } ?? true
    if mayResume, let range = request.header("range"), range.hasPrefix("bytes="), range.hasSuffix("-") {
      start = Int(range.dropFirst(6).dropLast()) ?? 0
      guard start < content.count else {
        return .answer(416, headers: [("content-range", "bytes */\(content.count)")])
      }
    }
    starts.append(start)
    var headers = [("etag", tag)]
    if start > 0 { headers.append(("content-range", "bytes \(start)-\(content.count - 1)/\(content.count)")) }
    let body = ByteBuffer(bytes: content[start...])
    let status = start > 0 ? 206 : 200
    guard case .cut(let count) = fault else { return .answer(status, headers: headers, body: body) }
    return .truncated(
      status, headers: headers, promised: content.count - start,
      body: ByteBuffer(bytes: content[start...].prefix(count)))
  }

  // Ground truth.

  /// - Parameter file: what each event's one file holds, by the event's number.
  public func addEvents(_ count: Int, file: (Int) -> [UInt8]) {
    for number in 1...count {
      files["/media/gt/\(number).jpg"] = file(number)
      events.append([
        "id": .int(Int64(number)), "category": number % 2 == 0 ? "train" : "test",
        "files": ["image_1": ["url": .string("http://HOST/media/gt/\(number).jpg?sig=s"), "is_primary": true]],
        "data": ["odd": .int(Int64(number))],
      ])
    }
  }
  public func addVersion(_ id: String, _ json: JSON) { versions[id] = json }
  public func replace(file path: String, by content: [UInt8]?) { files[path] = content }

  // The chunks, by the library's rules.

  private func chunk(
    _ known: String, _ request: LoopbackRequest, _ body: [UInt8], _ fault: SynapseFault
  ) -> LoopbackReply {
    guard request.header("transfer-encoding") == nil,
      let form = SynapseForm(body, contentType: request.header("content-type")),
      let file = form.file
    else { return Self.reply(400, ["detail": "No chunk file was submitted"]) }
    received += file.count
    guard let range = Self.range(request.header("content-range")) else {
      return Self.reply(400, ["detail": "Error in request headers"])
    }
    guard file.count == range.end - range.start + 1 else {
      return Self.reply(400, ["detail": "File size doesn't match headers"])
    }
    guard range.end < range.total else { return Self.reply(400, ["detail": "End of chunk exceeds reported total"]) }
    var id = known
    if known.isEmpty {
      guard let filename = form.filename, (1...255).contains(filename.count) else {
        return Self.reply(400, ["detail": ["filename": ["This field is required."]]])
      }
      id = "00000000-0000-4000-8000-\(String(repeating: "0", count: 12 - "\(order.count)".count))\(order.count)"
      uploads[id] = Upload(filename: filename)
      order.append(id)
    }
    guard var upload = uploads[id] else { return Self.unknownUpload }
    guard !upload.isComplete else {
      return Self.reply(400, ["detail": "Upload has already been marked as \"complete\""])
    }
    guard upload.offset == range.start else {
      return Self.reply(
        400,
        [
          "detail": "Offsets do not match", "expected_offset": .int(Int64(upload.offset)),
          "provided_offset": .int(Int64(range.start)),
        ])
    }
    if upload.late != nil { overlaps += 1 }
    var kept = file
    switch fault {
    case .corrupt: kept[kept.count / 2] ^= 1
    case .torn:
      upload.bytes += kept[..<(kept.count / 2)]
      uploads[id] = upload
      return Self.reply(200, [:])
    case .late(let states):
      upload.late = (states, kept)
      uploads[id] = upload
      return Self.reply(200, [:])
    case .none, .answerLost, .resetMidBody, .status, .statusAfter, .offsetOff, .garbage, .cut: break
    }
    upload.bytes += kept
    upload.offset += kept.count
    uploads[id] = upload
    var shown = upload
    if case .offsetOff(let by) = fault { shown.offset += by }
    return Self.reply(200, object(id, shown))
  }

  private func state(_ id: String) -> LoopbackReply {
    guard var upload = uploads[id] else { return Self.unknownUpload }
    let shown = upload
    if let late = upload.late {
      upload.late = late.states > 1 ? (late.states - 1, late.bytes) : nil
      if late.states <= 1 {
        upload.bytes += late.bytes
        upload.offset += late.bytes.count
      }
      uploads[id] = upload
    }
    return Self.reply(200, object(id, shown))
  }

  private func finalize(_ id: String, _ body: [UInt8]) -> LoopbackReply {
    guard var upload = uploads[id] else { return Self.unknownUpload }
    guard let md5 = JSON(parsing: ByteBuffer(bytes: body))?["md5"]?.string else {
      return Self.reply(400, ["detail": "Checksum of type 'md5' is required"])
    }
    guard !upload.isComplete else {
      return Self.reply(400, ["detail": "Upload has already been marked as \"complete\""])
    }
    guard md5 == SampleRelease.md5(of: upload.bytes) else {
      return Self.reply(400, ["detail": "checksum does not match"])
    }
    upload.isComplete = true
    uploads[id] = upload
    return Self.reply(200, object(id, upload))
  }

  // The models.

  private func list(_ request: LoopbackRequest) -> LoopbackReply {
    let newest = models.reversed().map { model -> JSON in
      guard !listsConfiguration, case .object(var members) = model.json else { return model.json }
      members["configuration"] = nil
      return .object(members)
    }
    return page(of: newest, request)
  }

  private func page(of all: [JSON], _ request: LoopbackRequest) -> LoopbackReply {
    let page = request.query["page"].flatMap(Int.init) ?? 1
    let size = min(pageSize, request.query["page_size"].flatMap(Int.init) ?? pageSize)
    let start = (page - 1) * size
    guard page == 1 || start < all.count else { return Self.reply(404, ["detail": "Invalid page."]) }
    let host = request.header("host") ?? ""
    let shown = all[min(start, all.count)..<min(start + size, all.count)].map { Self.placed($0, at: host) }
    let hasMore = start + size < all.count
    return Self.reply(
      200,
      [
        "count": .int(Int64(all.count)), "previous": nil, "results": .array(shown),
        // Another host on purpose: nobody may follow it.
        "next": hasMore ? .string("http://elsewhere.invalid/?page=\(page + 1)") : .null,
      ])
  }

  private func show(_ id: String) -> LoopbackReply {
    guard let model = models.first(where: { $0.json["id"]?.int.map(String.init) == id }) else {
      return Self.reply(404, ["detail": "No Model matches the given query."])
    }
    return Self.reply(200, model.json)
  }

  /// Files' addresses are at the address that the client used.
  private static func placed(_ json: JSON, at host: String) -> JSON {
    switch json {
    case .string(let text): .string(text.split(separator: "HOST", omittingEmptySubsequences: false).joined(separator: host))
    case .object(let members): .object(members.mapValues { placed($0, at: host) })
    case .array(let values): .array(values.map { placed($0, at: host) })
    case .null, .bool, .int, .double: json
    }
  }

  private func create(_ body: [UInt8], _ request: LoopbackRequest) -> LoopbackReply {
    guard var model = JSON(parsing: ByteBuffer(bytes: body)), let name = model["name"]?.string, model["plugin"] != nil
    else {
      return Self.reply(400, ["plugin": ["This field is required."]])
    }
    guard !models.contains(where: { $0.json["name"]?.string == name }) else {
      return Self.reply(400, ["name": ["model with this name already exists."]])
    }
    guard let id = model["chunked_upload"]?.string, let upload = uploads[id], upload.isComplete else {
      return Self.reply(400, ["chunked_upload": ["Invalid upload."]])
    }
    model["id"] = .int(Int64(models.count + 1))
    let path = "/media/models/\(models.count + 1)"
    files[path] = upload.bytes
    model["file"] = .string("http://\(request.header("host") ?? "")\(path)?sig=secret")
    models.append((model, upload.bytes))
    return Self.reply(201, model)
  }

  private func object(_ id: String, _ upload: Upload) -> JSON {
    [
      "id": .string(id), "url": .string("http://elsewhere.invalid/chunked_upload/\(id)/"),
      "filename": .string(upload.filename), "offset": .int(Int64(upload.offset)), "status": upload.isComplete ? 2 : 1,
      "completed_at": upload.isComplete ? "2026-11-21T00:00:00Z" : .null, "user": 1,
    ]
  }

  private static let unknownUpload = reply(404, ["detail": "No ChunkedUpload matches the given query."])

  private static func reply(_ status: Int, _ body: JSON) -> LoopbackReply {
    .answer(status, headers: [("content-type", "application/json")], body: ByteBuffer(string: body.canonical))
  }

  private static func range(_ text: String?) -> (start: Int, end: Int, total: Int)? {
    guard let text, text.hasPrefix("bytes ") else { return nil }
    let numbers = text.dropFirst(6).split(whereSeparator: { $0 == "-" || $0 == "/" }).map { Int($0) }
    guard numbers.count == 3, let start = numbers[0], let end = numbers[1], let total = numbers[2] else { return nil }
    return (start, end, total)
  }
}
