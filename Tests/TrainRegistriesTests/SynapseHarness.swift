import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

struct SynapseHarness: FaultyHarness {
  let server: SynapseServer
  let endpoint: String
  var options: JSON = ["plugin": "demo-net"]
  var time: any TimeSource = InstantTime()
  var largestPart: Int64 = 1024 * 1024

  func connection() -> ConnectionConfig {
    ConnectionConfig(
      name: "synapse", kind: "synapse",
      settings: ["endpoint": .string(endpoint), "token": ["env": "TOKEN"], "tenant": "acme"])
  }

  func make(secrets: SecretResolver? = nil, token: JSON? = nil) throws -> SynapseRegistry {
    var connection = connection()
    if let token { connection.settings["token"] = token }
    return try SynapseRegistry(
      connection, secrets: secrets ?? SecretResolver(credentialsDirectory: nil, environment: ["TOKEN": "good"]),
      proxies: .none, time: time, largestPart: largestPart)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] {
    let bytes = try required(await server.content(ofModel: version.id))
    if bytes.starts(with: [0x50, 0x4b, 3, 4]) { return try ZipReader(bytes).contents() }
    return ["model.tar.gz": bytes]
  }

  func count() async throws -> Int { await server.allModels.count }

  func occupy(_ release: Release) async throws {
    await server.addModel([
      "name": .string("\(release.modelName)-\(release.modelVersion)"),
      "configuration": ["traind": ["job": "other@9", "artifact": "sha256:beef", "identity": "x"]],
    ])
  }

  func damage(_ version: RemoteVersion) async throws {
    await server.rewrite(model: version.id, configuration: ["mine": true])
  }
}

struct Missing: Error {}

func required<T>(_ value: T?) throws -> T {
  guard let value else { throw Missing() }
  return value
}
