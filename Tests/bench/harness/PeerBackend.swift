import Glibc
import TrainCore
import TrainDaemon
import TrainRegistries
import TrainTransport

/// The backend that a measurement names, with the secrets of a bench.
struct PeerBackend {
  let registry: any Registry
  let shutdown: @Sendable () async -> Void

  /// - Parameter connection: its secrets are in this process's environment, in `BENCH_SECRET`.
  init(_ connection: ConnectionConfig, time: SystemTime) throws {
    let secret = getenv("BENCH_SECRET").map { String(cString: $0) }
    let secrets = SecretResolver(credentialsDirectory: nil, environment: ["BENCH_SECRET": secret ?? "none"])
    let seal = Secret("bench")
    switch connection.kind {
    case "synapse": self.init(try SynapseRegistry(connection, secrets: secrets, proxies: .none, time: time))
    case "truefoundry":
      self.init(try TrueFoundryRegistry(connection, secrets: secrets, proxies: .none, time: time))
    case "mlflow": self.init(try MLflowRegistry(connection, secrets: secrets, seal: seal, proxies: .none, time: time))
    case "oci": self.init(try OCIRegistry(connection, secrets: secrets, seal: seal, proxies: .none, time: time))
    case "s3": self.init(try S3Registry(connection, secrets: secrets, proxies: .none, time: time))
    case let kind: throw Arguments.Missing(description: "--kind: no registry is named '\(kind)'")
    }
  }

  private init(_ registry: some Registry & Closable) {
    self.registry = registry
    shutdown = { await registry.shutdown() }
  }
}
