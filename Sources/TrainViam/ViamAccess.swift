internal import GRPCCore
package import TrainCore
package import TrainTransport
package import ViamAPI

/// What a connection `{kind: viam, ...}` gives, be it a provider or a registry: the services with its login, and the
/// way to the archives. ``shutdown()`` must be called before the last reference goes.
package struct ViamAccess: Closable {
  /// The keys of a connection beside the common ones.
  package static let keys: [ConnectionSchema.Key] = [
    .init("organization", .string, required: true), .init("api_key_id", .string, required: true),
    .init("api_key", .secret, required: true), .init("endpoint", .url),
  ]

  /// Where Viam is unless the connection says otherwise.
  private static let endpoint = "https://app.viam.com"

  package let organization: String
  package let client: ViamClient
  package let probe: ViamProbe
  private let connection: GRPCConnection

  /// Makes no call. A permanent fault when a setting cannot work or the secret cannot be read.
  /// - Parameters:
  ///   - proxies: what the environment says; the connection's own proxy wins.
  ///   - largestAnswer: the most bytes of one message that are taken. Viam's servers send up to 32 MiB.
  package init(
    _ config: ConnectionConfig, secrets: SecretResolver, proxies: ProxyRules, time: any TimeSource, boundary: Boundary,
    largestAnswer: Int = 32 * 1024 * 1024
  ) throws(Fault) {
    func setting(_ key: String) throws(Fault) -> String {
      if let text = config.settings[key]?.string, !text.isEmpty { return text }
      throw .permanent(.rejected, "the connection \(config.name) lacks \(key)", hint: "write \(key): there")
    }
    organization = try setting("organization")
    let keyID = try setting("api_key_id")
    guard let reference = SecretReference(config.settings["api_key"]) else {
      throw .permanent(
        .rejected, "the connection \(config.name) lacks api_key", hint: "write api_key: {credential: viam-api-key}")
    }
    let key = RenewableSecret(reference, from: secrets)
    _ = try key.current()
    let endpoint = try GRPCEndpoint(config.settings["endpoint"]?.string ?? Self.endpoint)
    connection = try GRPCConnection(
      endpoint: endpoint, ca: config.ca, proxies: proxies.for(config), largestAnswer: largestAnswer,
      boundary: boundary)
    client = ViamClient(
      connection: connection, tokens: ViamTokens(connection: connection, keyID: keyID, key: key, time: time))
    probe = ViamProbe(
      http: try HTTPTransport(HTTPTransport.Settings(config, proxies: proxies, boundary: boundary)), keyID: keyID,
      key: key, mayBePlaintext: endpoint.isPlaintext)
  }

  /// Closes the connections; calls fail from here on.
  package func shutdown() async {
    await connection.shutdown()
    await probe.http.shutdown()
  }

  /// - Returns: `nil` when there is no such package, or not yet.
  package func package(_ key: ViamKey, withURL: Bool) async throws(Fault) -> Viam_App_Packages_V1_Package? {
    var request = Viam_App_Packages_V1_GetPackageRequest()
    request.id = key.package
    request.version = key.version
    request.type = .mlModel
    request.includeURL = withURL
    do throws(FailedCall) {
      let response = try await client.packages(
        .viamGetPackage, "asking for the package \(key.package) \(key.version)"
      ) { [request] in try await $0.getPackage(request, metadata: $1, options: $2) }
      return response.hasPackage ? response.package : nil
    } catch {
      if error.code == .notFound { return nil }
      throw error.fault
    }
  }
}
