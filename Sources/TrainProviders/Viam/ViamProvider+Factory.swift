public import TrainCore
public import TrainTransport
internal import TrainViam

extension ViamProvider {
  /// The keys of a connection `{kind: viam, ...}` beside the common ones.
  public static let schema = ConnectionSchema(kind: "viam", keys: ViamAccess.keys)

  /// How long absence must last before a lost submit is repeated, unless the connection says otherwise.
  public static let settle = Duration.seconds(30)

  /// Makes the provider of a connection; makes no call. Call ``shutdown()`` when done with it.
  /// - Parameter proxies: what the environment says; the connection's own proxy wins.
  /// - Throws: a permanent fault when a setting cannot work or the secret cannot be read.
  public convenience init(
    _ config: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource,
    boundary: Boundary = Boundary()
  ) throws(Fault) {
    self.init(try ViamAccess(config, secrets: secrets, proxies: proxies, time: time, boundary: boundary), time: time)
  }
}
