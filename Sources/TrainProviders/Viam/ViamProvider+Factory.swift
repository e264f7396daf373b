public import TrainCore
public import TrainTransport

extension ViamProvider {
  /// The keys of a connection `{kind: viam, ...}` beside the common ones.
  public static let schema = ConnectionSchema(
    kind: "viam",
    keys: [
      .init("organization", .string, required: true),
      .init("api_key_id", .string, required: true),
      .init("api_key", .secret, required: true),
      .init("endpoint", .url),
    ])

  /// Where Viam is unless the connection says otherwise.
  public static let endpoint = "https://app.viam.com"

  /// How long absence must last before a lost submit is repeated, unless the connection says otherwise.
  public static let settle = Duration.seconds(30)

  /// Makes the provider of a connection; makes no call. Call ``shutdown()`` when done with it.
  /// - Parameter proxies: what the environment says; the connection's own proxy wins.
  /// - Throws: a permanent fault when a setting cannot work or the secret cannot be read.
  public convenience init(
    _ config: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary()
  ) throws(Fault) {
    func setting(_ key: String) throws(Fault) -> String {
      if let text = config.settings[key]?.string, !text.isEmpty { return text }
      throw .permanent(.rejected, "the connection \(config.name) lacks \(key)", hint: "set it under providers:")
    }
    let organization = try setting("organization")
    let keyID = try setting("api_key_id")
    guard let reference = SecretReference(config.settings["api_key"]) else {
      throw .permanent(
        .rejected, "the connection \(config.name) lacks api_key", hint: "write api_key: {credential: viam-api-key}")
    }
    let key = RenewableSecret(reference, from: secrets)
    _ = try key.current()
    let endpoint = try GRPCEndpoint(config.settings["endpoint"]?.string ?? ViamProvider.endpoint)
    let connection = try GRPCConnection(
      endpoint: endpoint, ca: config.ca, proxies: proxies.for(config), boundary: boundary)
    let http = try HTTPTransport(HTTPTransport.Settings(config, proxies: proxies, boundary: boundary))
    self.init(organization: organization, keyID: keyID, key: key, connection: connection, http: http, time: time)
  }
}
