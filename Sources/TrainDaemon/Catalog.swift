internal import TrainConfig
internal import TrainCore
internal import TrainEngine
internal import TrainProviders
internal import TrainRegistries
internal import TrainTransport

/// THE list of backends. A new one is a line here.
struct Catalog: Sendable {
  /// What backends are made with.
  struct Surroundings: Sendable {
    var secrets: SecretResolver
    var proxies: ProxyRules
    var time: any TimeSource
    /// The runner of local jobs for connections that name none of their own.
    var runner: RunnerAccess
    /// What every call and write crosses.
    var boundary: Boundary
  }

  /// A backend, and what ends it.
  struct Made<Backend: Sendable>: Sendable {
    var backend: Backend
    var shutdown: @Sendable () async -> Void = {}
  }

  struct ProviderKind: Sendable {
    var schema: ConnectionSchema
    /// How long absence must last unless the connection says otherwise.
    var settle: Duration
    /// Runs at once unless the connection says otherwise.
    var maxRunning: @Sendable (ConnectionConfig) -> Int?
    var make: @Sendable (ConnectionConfig, Surroundings) throws(Fault) -> Made<any Provider>
  }

  struct RegistryKind: Sendable {
    var schema: ConnectionSchema
    var settle: Duration
    var make: @Sendable (ConnectionConfig, Surroundings) throws(Fault) -> Made<any Registry>
  }

  static let providers: [ProviderKind] = [
    ProviderKind(
      schema: LocalProvider.schema, settle: .zero, maxRunning: { LocalProvider.slots(of: $0) },
      make: { (config, surroundings) throws(Fault) in
        let own = LocalProvider.socket(of: config).map { RunnerAccess(socket: $0) }
        return Made(
          backend: LocalProvider(
            runner: own ?? surroundings.runner, time: surroundings.time, boundary: surroundings.boundary))
      }),
    ProviderKind(
      schema: ViamProvider.schema, settle: .seconds(30), maxRunning: { _ in 20 },
      make: { (config, surroundings) throws(Fault) in
        let provider = try ViamProvider(
          config, secrets: surroundings.secrets, proxies: surroundings.proxies, time: surroundings.time,
          boundary: surroundings.boundary)
        return Made(backend: provider, shutdown: { await provider.shutdown() })
      }),
  ]

  static let registries: [RegistryKind] = [
    RegistryKind(
      schema: DirectoryRegistry.schema, settle: .zero,
      make: { (config, surroundings) throws(Fault) in
        Made(backend: try DirectoryRegistry(config, boundary: surroundings.boundary))
      }),
    RegistryKind(
      schema: SynapseRegistry.schema, settle: .seconds(30),
      make: { (config, surroundings) throws(Fault) in
        let registry = try SynapseRegistry(
          config, secrets: surroundings.secrets, proxies: surroundings.proxies, time: surroundings.time,
          boundary: surroundings.boundary)
        return Made(backend: registry, shutdown: { await registry.shutdown() })
      }),
  ]

  static var kinds: ConnectionKinds {
    ConnectionKinds(providers: providers.map(\.schema), registries: registries.map(\.schema))
  }
}
