import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

struct MLflowHarness: FaultyHarness {
  let server: MLflowServer
  let endpoint: String
  var options: JSON = ["experiment": "hats"]
  var settings: JSON = .empty
  var partBytes: Int64 = 1024 * 1024
  var seal = "seal"

  func make(environment: [String: String] = [:]) throws -> MLflowRegistry {
    var settings = settings
    settings["endpoint"] = .string(endpoint)
    return try MLflowRegistry(
      ConnectionConfig(name: "mlflow", kind: "mlflow", settings: settings),
      secrets: SecretResolver(credentialsDirectory: nil, environment: environment), seal: Secret(seal), proxies: .none,
      time: InstantTime(),
      partBytes: partBytes)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] { try required(await server.held(version.id)) }

  func openUploads() async throws -> Int? { await server.openUploads }

  func count() async throws -> Int { await server.versionCount }

  func occupy(_ release: Release) async throws {
    await server.add(
      version: [
        "traind.version": release.modelVersion, "traind.job": "other@9", "traind.artifact": "sha256:beef",
        "traind.identity": "x",
      ], of: release.modelName)
  }

  func damage(_ version: RemoteVersion) async throws { await server.truncate(version.id) }

  var hazards: [String: @Sendable () async throws -> Void] {
    [
      "signed addresses end their life": { await server.expireAddresses() },
      "the run is deleted": { await server.deleteRuns() },
    ]
  }
}
