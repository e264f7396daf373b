internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Calls to one Synapse backend (v1): addresses, tokens, and a second try with the token's file read anew after a
/// refusal.
struct SynapseClient: Sendable {
  /// Without a trailing slash.
  let endpoint: String
  let tenant: String?
  let token: RenewableSecret
  let transport: HTTPTransport

  /// - Parameter path: from the endpoint, with the trailing slash that the backend insists on.
  func call(
    _ point: CrashPoint, _ method: HTTPMethod, _ path: String, _ purpose: String, headers: HTTPHeaders = [:],
    body: HTTPBody = .none, idleTimeout: Duration? = nil, responseLimit: Int = 1024 * 1024
  ) async throws(Fault) -> HTTPResponse {
    let secret = try token.current()
    var call = HTTPCall(
      method, endpoint + path, point: point, purpose: purpose, headers: headers, body: body, idleTimeout: idleTimeout,
      responseLimit: responseLimit)
    call.headers.replaceOrAdd(name: "accept", value: "application/json")
    // Otherwise messages may come in Korean.
    call.headers.replaceOrAdd(name: "accept-language", value: "en")
    if let tenant { call.headers.replaceOrAdd(name: "synapse-tenant", value: "Token \(tenant)") }
    let response = try await transport.send(call.authorized(by: secret))
    guard response.status == 401 || response.status == 403, try token.renew(after: secret) else { return response }
    return try await transport.send(call.authorized(by: try token.current()))
  }

  func json(
    _ point: CrashPoint, _ method: HTTPMethod, _ path: String, _ purpose: String, body: JSON,
    idleTimeout: Duration? = nil
  ) async throws(Fault) -> HTTPResponse {
    try await call(
      point, method, path, purpose, headers: ["content-type": "application/json"], body: .text(body.canonical),
      idleTimeout: idleTimeout)
  }
}

extension HTTPCall {
  fileprivate func authorized(by secret: Secret) -> HTTPCall {
    var call = self
    call.add(secret, as: "synapse-access-token", prefix: "Token ")
    return call
  }
}
