internal import Crypto
internal import NIOCore
internal import TrainCore
internal import TrainTestKit
internal import ViamAPI

/// The far sides and what can be asked of them. All requests are answered with the state after them:
///
/// - `GET /state`
/// - `POST /viam/move?id=&to=running|completed|failed|canceled[&bytes=N][&message=]`, `/viam/delete?id=`
/// - `POST /viam/trouble?method=SubmitTrainingJob&kind=hang|swallow|lose|refuse[&times=N]`
/// - `POST /viam/tokens?life=SECONDS`: from now on they live as long, and no longer; `POST /viam/revoke`
/// - `POST /archives/trouble?after=N`: the next download stalls there
/// - `POST /synapse/trouble?call=createModel&kind=none|answerLost|status[&times=N]`, in the order of the calls;
///   `kind=clear` forgets what was asked for
/// - `POST /registries/trouble?name=bucket|images|flow|tfy&status=N[&times=N]`: its next requests are refused so
struct FarSide: Sendable {
  let viam: FakeViam
  let synapse: SynapseServer
  /// What Viam holds as a registry is that of a Viam of its own.
  let registries: FarRegistries

  /// - Parameter work: runs while all serve; gets `viam`, `synapse` and `control`, an address each, those of
  ///   `registries` by name, `connections` to these as `traind.yaml` has them, and the `environment` of their secrets.
  func serve(_ work: @Sendable (JSON) async throws -> Void) async throws {
    try await registries.serve { addresses in try await serve(addresses, work) }
  }

  private func serve(
    _ addresses: [String: String], _ work: @Sendable (JSON) async throws -> Void
  ) async throws {
    try await viam.serve { viamAddress in
      try await synapse.serve { synapseAddress in
        try await LoopbackServer.serve({ request in try await answer(request) }) { control in
          try await work([
            "viam": .string(viamAddress), "synapse": .string(synapseAddress), "control": .string(control),
            "organization": .string(FakeViam.organization), "key_id": .string(FakeViam.keyID),
            "registries": .object(addresses.mapValues(JSON.string)),
            "environment": .object(FarRegistries.environment.mapValues(JSON.string)),
            "connections": .string(FarRegistries.connections(addresses, settle: "2s")),
          ])
        }
      }
    }
  }

  private func answer(_ request: LoopbackRequest) async throws -> LoopbackReply {
    _ = try await request.read()
    let problem = await perform(request.path, request.query)
    var body = try await state
    if let problem { body = ["problem": .string(problem)] }
    return .answer(
      problem == nil ? 200 : 400, headers: [("content-type", "application/json")],
      body: ByteBuffer(string: body.canonical))
  }

  /// - Returns: what is wrong with the request.
  private func perform(_ path: String, _ query: [String: String]) async -> String? {
    let times = query["times"].flatMap(Int.init) ?? 1
    switch path {
    case "/state": return nil
    case "/viam/move": return move(query)
    case "/viam/delete": viam.deleteJob(query["id"] ?? "")
    case "/viam/tokens": viam.setTokenLife(query["life"].flatMap(Int.init), enforced: true)
    case "/viam/revoke": viam.revokeTokens()
    case "/viam/trouble":
      guard let method = query["method"], let trouble = Self.viamTrouble(query["kind"]) else {
        return "no such trouble"
      }
      for _ in 0..<times { viam.trouble(method, trouble) }
    case "/archives/trouble": viam.archives.trouble(.stall(after: query["after"].flatMap(Int.init) ?? 0))
    case "/synapse/trouble":
      guard let call = query["call"].flatMap(SynapseCall.init(rawValue:)) else { return "no such call" }
      if query["kind"] == "clear" {
        await synapse.forgetPlans(of: call)
      } else {
        guard let fault = Self.synapseFault(query["kind"]) else { return "no such trouble" }
        for _ in 0..<times { await synapse.plan(call, fault) }
      }
    case "/registries/trouble":
      guard let gate = query["name"].flatMap({ registries.gates[$0] }), let status = query["status"].flatMap(Int.init)
      else { return "no such registry or status" }
      await gate.refuse(status, atMost: times) { _ in true }
    default: return "no such request"
    }
    return nil
  }

  private func move(_ query: [String: String]) -> String? {
    let words: [String: FakeViam.Status] = [
      "running": .inProgress, "completed": .completed, "failed": .failed, "canceling": .canceling,
      "canceled": .canceled,
    ]
    guard let id = query["id"], let status = query["to"].flatMap({ words[$0] }) else { return "no such move" }
    let bytes = query["bytes"].flatMap(Int.init) ?? 1000
    // Of the job: no two archives are the same.
    let seed = UInt64(id, radix: 16) ?? 1
    viam.move(
      id, to: status, message: query["message"] ?? "",
      archive: status == .completed ? SampleRelease.bytes(bytes, seed: seed) : [])
    return nil
  }

  private static func viamTrouble(_ kind: String?) -> FakeViam.Trouble? {
    switch kind {
    case "hang": .hang
    case "swallow": .swallow
    case "lose": .lose(.unavailable)
    case "refuse": .refuse(.unavailable)
    default: nil
    }
  }

  private static func synapseFault(_ kind: String?) -> SynapseFault? {
    switch kind {
    case "none": SynapseFault.none
    case "answerLost": .answerLost
    case "status": .status(503)
    default: nil
    }
  }

  private var state: JSON {
    get async throws {
      var calls: [String: JSON] = [:]
      for call in viam.calls { calls[call.method] = .int((calls[call.method]?.int ?? 0) + 1) }
      let jobs = viam.jobs.map { job -> JSON in
        [
          "id": .string(job.id), "name": .string(job.modelName), "version": .string(job.modelVersion),
          "status": .string("\(job.status)"),
          "sha256": viam.package(job.modelName, job.modelVersion).map { .string(Self.sha256($0)) } ?? .null,
        ]
      }
      var models: [JSON] = []
      for model in await synapse.allModels {
        let id = model["id"]?.int.map(String.init) ?? ""
        models.append([
          "id": .string(id), "name": model["name"] ?? .null,
          "sha256": .string(Self.sha256(await synapse.content(ofModel: id) ?? [])),
        ])
      }
      var held: [String: JSON] = [:]
      for (name, registry) in registries.all { held[name] = try await Self.shown(registry) }
      return [
        "registries": .object(held),
        "viam": [
          "submissions": .int(Int64(viam.submissions)), "tokens": .int(Int64(viam.tokensIssued)), "jobs": .array(jobs),
          "calls": .object(calls),
        ],
        "archives": ["requests": .int(Int64(viam.archives.requests.count))],
        "synapse": [
          "models": .array(models), "uploads": .int(Int64(await synapse.uploadCount)),
          "received": .int(Int64(await synapse.received)), "created": .int(Int64(await synapse.count(.createModel))),
        ],
      ]
    }
  }

  private static func shown(_ registry: any FarRegistry) async throws -> JSON {
    let versions = try await registry.held(of: nil).map { version -> JSON in
      [
        "id": .string(version.id), "model": .string(version.model), "job": version.job.map(JSON.string) ?? .null,
        "files": .object(version.files.mapValues { .string(sha256($0)) }),
      ]
    }
    return [
      "versions": .array(versions), "received": .int(Int64(await registry.bytesReceived)),
      "unfinished": .int(Int64(await registry.unfinished)), "commits": .int(Int64(await registry.commits)),
    ]
  }

  private static func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).map { byte in
      let digits = String(byte, radix: 16)
      return byte < 16 ? "0\(digits)" : digits
    }.joined()
  }
}
