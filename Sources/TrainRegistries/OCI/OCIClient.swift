internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Calls to one OCI registry, and a second try with another authorization after a refusal.
struct OCIClient: Sendable {
  private static let mostRenewals = 2

  let origin: Origin
  let transport: HTTPTransport
  let authorization: OCIAuthorization

  /// What a repository's calls need to be allowed.
  static func scope(_ repository: String, _ actions: String = "pull,push") -> String {
    "repository:\(repository):\(actions)"
  }

  /// The address of something in a repository.
  func url(_ repository: String, _ path: String) -> String { "\(origin)/v2/\(repository)/\(path)" }

  /// Any status.
  /// - Parameter url: another host than the registry's own is told nothing of who we are.
  func call(
    _ point: CrashPoint, _ method: HTTPMethod, _ url: String, _ purpose: String, scopes: [String],
    headers: HTTPHeaders = [:],
    body: HTTPBody = .none, idleTimeout: Duration? = nil, responseLimit: Int = 1024 * 1024
  ) async throws(Fault) -> HTTPResponse {
    let call = HTTPCall(
      method, url, point: point, purpose: purpose, headers: headers, body: body, idleTimeout: idleTimeout,
      responseLimit: responseLimit)
    guard Origin(url) == origin else { return try await transport.send(call) }
    var pass = try await authorization.current(scopes)
    var response = try await transport.send(call.passing(pass))
    // A token may end between its making and its use.
    for _ in 0..<Self.mostRenewals where response.status == 401 {
      guard let renewed = try await authorization.renewed(after: pass, response, scopes) else { return response }
      pass = renewed
      response = try await transport.send(call.passing(renewed))
    }
    return response
  }

  /// The absolute form of a `Location`. A registry behind a proxy may not know how it is reached: what names its host
  /// is taken to mean the registry as it is configured.
  func resolve(_ location: String) -> String? {
    if location.hasPrefix("/"), !location.hasPrefix("//") { return "\(origin)\(location)" }
    guard let other = Origin(location) else { return nil }
    guard other.host == origin.host else { return other.scheme == "https" || origin.scheme == "http" ? location : nil }
    let parts = location.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count > 3 ? "\(origin)/\(parts[3])" : nil
  }

  /// The code that a refusal names: `{"errors": [{"code": ...}]}`.
  static func code(_ response: HTTPResponse) -> String? { response.json?["errors"]?.array?.first?["code"]?.string }

  /// An answer that should have been another.
  func bad(_ response: HTTPResponse, _ purpose: String, _ why: String) -> Fault {
    .transient(
      .badAnswer, "could not \(purpose): \(origin) answered \(response.status) \(why): \(response.excerpt)",
      hint: "does the endpoint name an OCI registry?")
  }
}

extension HTTPCall {
  fileprivate func passing(_ pass: OCIAuthorization.Pass?) -> HTTPCall {
    guard let pass else { return self }
    var call = self
    call.add(pass.secret, as: "authorization", prefix: pass.prefix)
    return call
  }
}
