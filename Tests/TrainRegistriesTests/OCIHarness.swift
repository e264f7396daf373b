import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

struct OCIHarness: FaultyHarness {
  let server: OCIServer
  let endpoint: String
  var options: JSON = .empty
  var settings: JSON = .empty
  var time: any TimeSource = InstantTime()
  var largestPart: Int64 = 1024 * 1024

  var hazards: [String: @Sendable () async throws -> Void] {
    [
      "the tokens end": { await server.expireTokens() },
      "the uploads are forgotten": { await server.forgetUploads() },
    ]
  }

  func make(secrets: SecretResolver? = nil) throws -> OCIRegistry {
    var connection = ConnectionConfig(name: "oci", kind: "oci", settings: ["endpoint": .string(endpoint)])
    for (key, value) in settings.object ?? [:] { connection.settings[key] = value }
    return try OCIRegistry(
      connection, secrets: secrets ?? SecretResolver(credentialsDirectory: nil, environment: ["PASSWORD": "good"]),
      seal: Secret("seal"), proxies: .none, time: time, largestPart: largestPart)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  private var repository: String { options["repository"]?.string ?? "hat" }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] {
    let manifest = try required(await server.manifest("1.0.0", in: repository))
    var held: [String: [UInt8]] = [:]
    for layer in manifest["layers"]?.array ?? [] {
      let path = try required(layer["annotations"]?["org.cncf.model.filepath"]?.string)
      held[path] = await server.blob(try required(layer["digest"]?.string), in: repository)
    }
    return held
  }

  func openUploads() async throws -> Int? { await server.openUploads }

  func count() async throws -> Int { await server.tagCount }

  func occupy(_ release: Release) async throws {
    await server.tag(
      "1.0.0", in: repository,
      as: ["annotations": ["traind.job": "other@9", "traind.artifact": "sha256:beef", "traind.identity": "x"]])
  }

  func damage(_ version: RemoteVersion) async throws {
    let manifest = try required(await server.manifest("1.0.0", in: repository))
    await server.removeBlob(try required(manifest["layers"]?.array?.first?["digest"]?.string), from: repository)
  }
}
