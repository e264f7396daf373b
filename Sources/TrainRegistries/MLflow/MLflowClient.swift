internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Calls to one MLflow server (REST API 2.0): addresses, login, and a second try with the secret read anew after a
/// refusal.
struct MLflowClient: Sendable {
  private static let api = "/api/2.0/mlflow/"
  private static let artifacts = "/api/2.0/mlflow-artifacts/"

  /// Without a trailing slash.
  let endpoint: String
  let login: MLflowLogin
  let transport: HTTPTransport

  /// A GET of the tracking or registry API; any status.
  func ask(
    _ point: CrashPoint, _ path: String, _ query: KeyValuePairs<String, String>, _ purpose: String
  ) async throws(Fault) -> HTTPResponse {
    let pairs = query.map { "\($0.key)=\($0.value.percentEncoded())" }.joined(separator: "&")
    return try await send(
      HTTPCall(
        .GET, "\(endpoint)\(Self.api)\(path)?\(pairs)", point: point, purpose: purpose, responseLimit: 16 * 1024 * 1024)
    )
  }

  /// A POST of the tracking or registry API; any status.
  func tell(
    _ point: CrashPoint, _ path: String, _ body: JSON, _ purpose: String
  ) async throws(Fault) -> HTTPResponse {
    try await send(Self.post(point, endpoint + Self.api + path, body, purpose, idleTimeout: nil))
  }

  /// A DELETE of the tracking or registry API; any status.
  func delete(
    _ point: CrashPoint, _ path: String, _ body: JSON, _ purpose: String
  ) async throws(Fault) -> HTTPResponse {
    var call = Self.post(point, endpoint + Self.api + path, body, purpose, idleTimeout: nil)
    call.method = .DELETE
    return try await send(call)
  }

  /// A POST of the artifact proxy; any status.
  /// - Parameter path: `mpu/create/<directory>`, say; not encoded yet.
  func tellArtifacts(
    _ point: CrashPoint, _ path: String, _ body: JSON, _ purpose: String, idleTimeout: Duration? = nil
  ) async throws(Fault) -> HTTPResponse {
    let url = endpoint + Self.artifacts + path.percentEncoded(keeping: "/")
    return try await send(Self.post(point, url, body, purpose, idleTimeout: idleTimeout))
  }

  /// What the artifact proxy holds directly below a directory; any status.
  func list(_ directory: String, _ purpose: String) async throws(Fault) -> HTTPResponse {
    let url = "\(endpoint)\(Self.artifacts)artifacts?path=\(directory.percentEncoded())"
    return try await send(
      HTTPCall(.GET, url, point: .mlflowListFiles, purpose: purpose, responseLimit: 16 * 1024 * 1024))
  }

  /// Writes a whole file through the artifact proxy; any status.
  func put(_ path: String, _ body: HTTPBody, _ purpose: String, idleTimeout: Duration) async throws(Fault)
    -> HTTPResponse
  {
    try await send(
      HTTPCall(
        .PUT, file(path), point: .mlflowPutFile, purpose: purpose,
        headers: ["content-type": "application/octet-stream"], body: body, idleTimeout: idleTimeout))
  }

  /// Reads a whole file through the artifact proxy. A status that is no success is its fault.
  func read<Taken: Sendable>(
    _ path: String, _ purpose: String, idleTimeout: Duration,
    _ consume: @escaping @Sendable (HTTPBuffers) async throws -> Taken
  ) async throws(Fault) -> Taken {
    let call = HTTPCall(.GET, file(path), point: .mlflowReadFile, purpose: purpose, idleTimeout: idleTimeout)
    var first = call
    let secret = try login.authorize(&first)
    do throws(Fault) {
      return try await transport.stream(first) { _, buffers in try await consume(buffers) }
    } catch {
      guard error.code == .unauthorized, let secret, try login.renew(after: secret) else { throw error }
    }
    var second = call
    _ = try login.authorize(&second)
    return try await transport.stream(second) { _, buffers in try await consume(buffers) }
  }

  private func file(_ path: String) -> String {
    "\(endpoint)\(Self.artifacts)artifacts/\(path.percentEncoded(keeping: "/"))"
  }

  private static func post(
    _ point: CrashPoint, _ url: String, _ body: JSON, _ purpose: String, idleTimeout: Duration?
  ) -> HTTPCall {
    HTTPCall(
      .POST, url, point: point, purpose: purpose, headers: ["content-type": "application/json"],
      body: .text(body.canonical), idleTimeout: idleTimeout)
  }

  private func send(_ call: HTTPCall) async throws(Fault) -> HTTPResponse {
    var first = call
    let secret = try login.authorize(&first)
    let response = try await transport.send(first)
    guard response.status == 401 || response.status == 403, let secret, try login.renew(after: secret) else {
      return response
    }
    var second = call
    _ = try login.authorize(&second)
    return try await transport.send(second)
  }
}
