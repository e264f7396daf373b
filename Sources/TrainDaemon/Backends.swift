internal import TrainConfig
internal import TrainCore
internal import TrainEngine
internal import TrainProviders
internal import TrainRegistries
internal import TrainTransport

/// THE list of backends. A new one is a line here.
struct Backends: Sendable {
  /// What backends are made with.
  struct BackendContext: Sendable {
    var secrets: SecretResolver
    /// Seals what is secret in the store, where a connection has no secret of its own.
    var seal: Secret
    var proxies: ProxyRules
    var time: any TimeSource
    /// The runner of local jobs for connections that name none of their own.
    var runner: RunnerAccess
    /// What every call and write crosses.
    var boundary: Boundary
  }

  /// A backend, and what ends it.
  struct BuiltBackend<Backend: Sendable>: Sendable {
    var backend: Backend
    var shutdown: @Sendable () async -> Void = {}
  }

  struct ProviderKind: Sendable {
    var schema: ConnectionSchema
    /// How long absence must last unless the connection says otherwise.
    var settle: Duration
    /// Runs at once unless the connection says otherwise.
    var maxRunning: @Sendable (ConnectionConfig) -> Int?
    var make: @Sendable (ConnectionConfig, BackendContext) throws(Fault) -> BuiltBackend<any Provider>
  }

  struct RegistryKind: Sendable {
    var schema: ConnectionSchema
    var settle: Duration
    var make: @Sendable (ConnectionConfig, BackendContext) throws(Fault) -> BuiltBackend<any Registry>
  }

  static let providers: [ProviderKind] = [
    ProviderKind(
      schema: LocalProvider.schema, settle: .zero, maxRunning: { LocalProvider.slots(of: $0) },
      make: { (config, context) throws(Fault) in
        let own = LocalProvider.socket(of: config).map { RunnerAccess(socket: $0) }
        return BuiltBackend(
          backend: LocalProvider(
            runner: own ?? context.runner, time: context.time, boundary: context.boundary))
      }),
    ProviderKind(
      schema: ViamProvider.schema, settle: .seconds(30), maxRunning: { _ in 20 },
      make: { (config, context) throws(Fault) in
        let provider = try ViamProvider(
          config, secrets: context.secrets, proxies: context.proxies, time: context.time,
          boundary: context.boundary)
        return BuiltBackend(backend: provider, shutdown: { await provider.shutdown() })
      }),
  ]

  static let registries: [RegistryKind] = [
    RegistryKind(
      schema: DirectoryRegistry.schema, settle: .zero,
      make: { (config, context) throws(Fault) in
        BuiltBackend(backend: try DirectoryRegistry(config, boundary: context.boundary))
      }),
    remote(SynapseRegistry.schema, settle: .seconds(30)) { (config, with) throws(Fault) in
      try SynapseRegistry(
        config, secrets: with.secrets, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
    remote(TrueFoundryRegistry.schema, settle: .seconds(30)) { (config, with) throws(Fault) in
      try TrueFoundryRegistry(
        config, secrets: with.secrets, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
    remote(MLflowRegistry.schema, settle: .seconds(30)) { (config, with) throws(Fault) in
      try MLflowRegistry(
        config, secrets: with.secrets, seal: with.seal, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
    remote(OCIRegistry.schema, settle: .seconds(30)) { (config, with) throws(Fault) in
      try OCIRegistry(
        config, secrets: with.secrets, seal: with.seal, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
    remote(S3Registry.schema, settle: .zero) { (config, with) throws(Fault) in
      try S3Registry(config, secrets: with.secrets, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
    remote(ViamRegistry.schema, settle: .seconds(30)) { (config, with) throws(Fault) in
      try ViamRegistry(config, secrets: with.secrets, proxies: with.proxies, time: with.time, boundary: with.boundary)
    },
  ]

  /// A registry behind a network, with a client that has to be closed.
  private static func remote<Backend: Registry & Closable>(
    _ schema: ConnectionSchema, settle: Duration,
    _ make: @escaping @Sendable (ConnectionConfig, BackendContext) throws(Fault) -> Backend
  ) -> RegistryKind {
    RegistryKind(
      schema: schema, settle: settle,
      make: { (config, context) throws(Fault) in
        let registry = try make(config, context)
        return BuiltBackend(backend: registry, shutdown: { await registry.shutdown() })
      })
  }

  static var kinds: ConnectionKinds {
    ConnectionKinds(providers: providers.map(\.schema), registries: registries.map(\.schema))
  }
}
