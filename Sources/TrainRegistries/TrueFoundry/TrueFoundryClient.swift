internal import NIOHTTP1
internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// Calls to one TrueFoundry control plane: its two prefixes, its key, and a second try with the key's file read anew
/// after a refusal.
struct TrueFoundryClient: Sendable {
  /// The same API under two names: tenants of before mid-2026 answer at `ml`, newer ones at `svc` only.
  enum Prefix: String, Sendable, CaseIterable {
    case svc
    case ml

    var path: String { "/api/\(rawValue)/v1" }
  }

  /// Without a trailing slash.
  let endpoint: String
  let key: RenewableSecret
  let transport: HTTPTransport
  private let prefix: KnownPrefix

  /// - Parameter prefix: `nil` = ask once, and remember.
  init(endpoint: String, key: RenewableSecret, transport: HTTPTransport, prefix: Prefix?) {
    self.endpoint = endpoint
    self.key = key
    self.transport = transport
    self.prefix = KnownPrefix(prefix)
  }

  /// - Parameter path: after the prefix, with its query.
  func call(
    _ point: CrashPoint, _ method: HTTPMethod, _ path: String, _ purpose: String, body: JSON? = nil,
    idleTimeout: Duration? = nil, responseLimit: Int = 1024 * 1024
  ) async throws(Fault) -> HTTPResponse {
    let prefix = try await self.prefix()
    return try await send(
      point, method, prefix.path + path, purpose, body: body, idleTimeout: idleTimeout, responseLimit: responseLimit)
  }

  private func send(
    _ point: CrashPoint, _ method: HTTPMethod, _ path: String, _ purpose: String, body: JSON? = nil,
    idleTimeout: Duration? = nil, responseLimit: Int = 1024 * 1024
  ) async throws(Fault) -> HTTPResponse {
    let secret = try key.current()
    var call = HTTPCall(
      method, endpoint + path, point: point, purpose: purpose, headers: ["accept": "application/json"],
      body: body.map { .text($0.canonical) } ?? .none, idleTimeout: idleTimeout, responseLimit: responseLimit)
    if body != nil { call.headers.add(name: "content-type", value: "application/json") }
    let response = try await transport.send(call.authorized(by: secret))
    guard response.status == 401 || response.status == 403, try key.renew(after: secret) else { return response }
    return try await transport.send(call.authorized(by: try key.current()))
  }

  private func prefix() async throws(Fault) -> Prefix {
    if let known = prefix.value { return known }
    var refusal: Fault?
    for candidate in Prefix.allCases {
      let purpose = "find out which API is there"
      let response = try await send(.trueFoundryFindAPI, .GET, "\(candidate.path)/ml-repos?limit=1", purpose)
      // Where there is no such API there may be a page for browsers, with status 200.
      if response.isSuccess, response.json?["data"]?.array != nil {
        prefix.value = candidate
        return candidate
      }
      guard response.isSuccess || response.status == 404 || response.status == 405 else { throw response.fault }
      refusal = response.isSuccess ? nil : response.fault
    }
    throw .transient(
      .badAnswer, refusal?.message ?? "\(endpoint) answers with something that is not TrueFoundry's API",
      hint: "does the endpoint name a TrueFoundry control plane, as https://acme.truefoundry.cloud?", effect: .none)
  }
}

/// Which prefix answered, once that is known.
private final class KnownPrefix: Sendable {
  private let held: Mutex<TrueFoundryClient.Prefix?>
  init(_ prefix: TrueFoundryClient.Prefix?) { held = Mutex(prefix) }

  var value: TrueFoundryClient.Prefix? {
    get { held.withLock { $0 } }
    set { held.withLock { $0 = newValue } }
  }
}

extension HTTPCall {
  fileprivate func authorized(by secret: Secret) -> HTTPCall {
    var call = self
    call.add(secret, as: "authorization", prefix: "Bearer ")
    return call
  }
}
