internal import FoundationEssentials
internal import TrainCore
internal import TrainTransport

/// How an MLflow server knows us: not at all, by a bearer token, or by name and password.
enum MLflowLogin: Sendable {
  case none
  case token(RenewableSecret)
  case password(user: String, RenewableSecret)

  /// A permanent fault when the settings contradict each other.
  init(_ connection: ConnectionConfig, secrets: SecretResolver) throws(Fault) {
    let token = SecretReference(connection.settings["token"])
    let password = SecretReference(connection.settings["password"])
    switch (token, connection.settings["username"]?.string, password) {
    case (nil, nil, nil): self = .none
    case (let token?, nil, nil): self = .token(RenewableSecret(token, from: secrets))
    case (nil, let user?, let password?) where !user.contains(":"):
      self = .password(user: user, RenewableSecret(password, from: secrets))
    default:
      throw .permanent(
        .rejected,
        "the registry '\(connection.name)' needs a token, or a username (without ':') and a password, or none",
        hint: "write token: {credential: NAME}, or username: NAME with password: {credential: NAME}")
    }
  }

  /// Seals what only this login may know.
  func addresses(otherwise seal: Secret) -> SealedAddresses {
    switch self {
    case .none: SealedAddresses(.own(seal))
    case .token(let secret), .password(_, let secret): SealedAddresses(.login(secret))
    }
  }

  /// Authorizes the call; returns the secret that was used, to be renewed when it is refused.
  func authorize(_ call: inout HTTPCall) throws(Fault) -> Secret? {
    switch self {
    case .none: return nil
    case .token(let token):
      let secret = try token.current()
      call.add(secret, as: "authorization", prefix: "Bearer ")
      return secret
    case .password(let user, let password):
      let secret = try password.current()
      let pair = Data("\(user):\(secret.reveal())".utf8).base64EncodedString()
      call.add(Secret(pair), as: "authorization", prefix: "Basic ")
      return secret
    }
  }

  /// Reads the secret again. Returns whether there is another one to try.
  func renew(after refused: Secret) throws(Fault) -> Bool {
    switch self {
    case .none: false
    case .token(let secret), .password(_, let secret): try secret.renew(after: refused)
    }
  }
}
