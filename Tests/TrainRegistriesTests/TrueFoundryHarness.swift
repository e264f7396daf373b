import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

struct TrueFoundryHarness: FaultyHarness {
  let server: TrueFoundryServer
  let endpoint: String
  var options: JSON = ["ml_repo": .string(TrueFoundryServer.repository)]
  var time: any TimeSource = InstantTime()
  var part: Int64 = 1024 * 1024
  var api: String?

  func make(secrets: SecretResolver? = nil, key: JSON = ["env": "KEY"]) throws -> TrueFoundryRegistry {
    var settings: JSON = ["endpoint": .string(endpoint), "api_key": key]
    if let api { settings["api"] = .string(api) }
    return try TrueFoundryRegistry(
      ConnectionConfig(name: "tfy", kind: "truefoundry", settings: settings),
      secrets: secrets ?? SecretResolver(credentialsDirectory: nil, environment: ["KEY": "good"]), proxies: .none,
      time: time, part: part)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] { await server.files(of: version.id) }

  func openUploads() async throws -> Int? { await server.openUploads }

  func count() async throws -> Int { await server.committed.count }

  func occupy(_ release: Release) async throws {
    await server.add(
      name: release.modelName,
      metadata: [
        "traind": [
          "job": "other@9", "artifact": "sha256:beef", "identity": "x",
          "model": ["name": .string(release.modelName), "version": .string(release.modelVersion)],
        ]
      ])
  }

  func damage(_ version: RemoteVersion) async throws {
    let path = try required(await server.files(of: version.id).first { !$0.value.isEmpty }?.key)
    await server.truncate(version.id, path)
  }

  var keysAreUnique: Bool { false }

  var hazards: [String: @Sendable () async throws -> Void] {
    [
      "addresses run out": { await server.expireAddresses() },
      "the store forgets unfinished uploads": { await server.forgetMultiparts() },
    ]
  }
}
