internal import FoundationEssentials
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// How an OCI registry is told who we are: nothing, a token as it is, a name and password, or a short-lived token that
/// they are exchanged for where the registry says so (the distribution project's token authentication).
actor OCIAuthorization {
  enum Credentials: Sendable {
    case none
    case login(user: String, password: RenewableSecret)
    case token(RenewableSecret)
  }

  /// A value of the `Authorization` header.
  struct Pass: Hashable, Sendable {
    var prefix: String
    var secret: Secret
  }

  private enum Scheme {
    case basic
    case bearer(realm: String, service: String?)
  }

  /// What a token server does not say is a minute; and it is used up a little earlier.
  private static let standardLife: Int64 = 60
  private static let margin = Duration.seconds(10)

  private let credentials: Credentials
  private let transport: HTTPTransport
  private let time: any TimeSource
  /// Of the registry itself.
  private let origin: Origin
  private var scheme: Scheme?
  private var tokens: [[String]: (secret: Secret, until: Duration)] = [:]

  init(_ credentials: Credentials, transport: HTTPTransport, time: any TimeSource, origin: Origin) {
    self.credentials = credentials
    self.transport = transport
    self.time = time
    self.origin = origin
  }

  /// What to say without being asked; `nil` = nothing, until the registry asks.
  /// - Parameter scopes: as `repository:team/hat:pull,push`.
  func current(_ scopes: [String]) async throws(Fault) -> Pass? {
    if case .token(let token) = credentials { return Pass(prefix: "Bearer ", secret: try token.current()) }
    switch scheme {
    case nil: return nil
    case .basic: return try login().map(Self.basic)
    case .bearer(let realm, let service):
      if let token = tokens[scopes], token.until > time.monotonic {
        return Pass(prefix: "Bearer ", secret: token.secret)
      }
      return try await exchange(realm, service, scopes)
    }
  }

  /// What to say instead, after `refused` was; `nil` = there is nothing else.
  func renewed(after refused: Pass?, _ response: HTTPResponse, _ scopes: [String]) async throws(Fault) -> Pass? {
    if case .token(let token) = credentials {
      guard let refused, try token.renew(after: refused.secret) else { return nil }
      return Pass(prefix: "Bearer ", secret: try token.current())
    }
    let challenges = response.headers["www-authenticate"].flatMap(OCIChallenge.parse)
    if let bearer = challenges.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"] {
      scheme = .bearer(realm: realm, service: bearer.parameters["service"])
      tokens[scopes] = nil
      return try await exchange(realm, bearer.parameters["service"], scopes)
    }
    guard challenges.contains(where: { $0.scheme == "basic" }), let login = try login() else { return nil }
    scheme = .basic
    guard Self.basic(login) == refused else { return Self.basic(login) }
    return try renewedLogin(after: login).map(Self.basic)
  }

  private func login() throws(Fault) -> (user: String, password: Secret)? {
    guard case .login(let user, let password) = credentials else { return nil }
    return (user, try password.current())
  }

  private func renewedLogin(after login: (user: String, password: Secret)) throws(Fault) -> (
    user: String, password: Secret
  )? {
    guard case .login(let user, let password) = credentials, try password.renew(after: login.password) else {
      return nil
    }
    return (user, try password.current())
  }

  private static func basic(_ login: (user: String, password: Secret)) -> Pass {
    let plain = "\(login.user):\(login.password.reveal())"
    return Pass(prefix: "Basic ", secret: Secret(Data(plain.utf8).base64EncodedString()))
  }

  private func exchange(_ realm: String, _ service: String?, _ scopes: [String]) async throws(Fault) -> Pass {
    guard let place = Origin(realm), place.scheme == "https" || origin.scheme == "http" else {
      throw .permanent(
        .unauthorized, "\(origin) wants a token of '\(realm)', which is not reached by TLS: no password is sent there")
    }
    let query =
      (service.map { ["service=\($0.percentEncoded())"] } ?? [])
      + scopes.map { "scope=\($0.percentEncoded())" }
    let url = realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&")
    let purpose = "get a token for \(scopes.joined(separator: " "))"
    var login = try login()
    var response = try await transport.send(call(url, purpose, login))
    if response.status == 401 || response.status == 403, let old = login, let new = try renewedLogin(after: old) {
      login = new
      response = try await transport.send(call(url, purpose, login))
    }
    let json = try response.requireSuccess().requireJSON()
    guard let token = json["token"]?.string ?? json["access_token"]?.string, !token.isEmpty else {
      throw .transient(.badAnswer, "could not \(purpose): \(place)'s answer holds none", effect: .none)
    }
    let life = Duration.seconds(max(0, json["expires_in"]?.int ?? Self.standardLife))
    tokens[scopes] = (Secret(token), time.monotonic + max(.zero, life - Self.margin))
    return Pass(prefix: "Bearer ", secret: Secret(token))
  }

  private func call(_ url: String, _ purpose: String, _ login: (user: String, password: Secret)?) -> HTTPCall {
    var call = HTTPCall(.GET, url, point: .ociToken, purpose: purpose)
    if let login {
      let pass = Self.basic(login)
      call.add(pass.secret, as: "authorization", prefix: pass.prefix)
    }
    return call
  }
}
