import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

struct S3Harness: FaultyHarness {
  let server: S3Server
  let endpoint: String
  var options: JSON = .empty
  var settings: JSON = .empty
  var time: any TimeSource = InstantTime()
  var leastPart: Int64 = 1024 * 1024

  /// What is in this environment: `ID`, `SECRET`, `TOKEN`.
  func make(environment: [String: String] = [:]) throws -> S3Registry {
    var connection = ConnectionConfig(
      name: "s3", kind: "s3",
      settings: [
        "endpoint": .string(endpoint), "bucket": .string(server.bucket), "access_key": ["env": "ID"],
        "secret_key": ["env": "SECRET"],
      ])
    for (key, value) in settings.object ?? [:] { connection.settings[key] = value }
    let standard = ["ID": "AKID", "SECRET": "good/secret+key", "TOKEN": "session"]
    return try S3Registry(
      connection,
      secrets: SecretResolver(credentialsDirectory: nil, environment: standard.merging(environment) { $1 }),
      proxies: .none, time: time, leastPart: leastPart)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  private var folder: String { options["prefix"]?.string.map { "\($0)/hat/1.0.0" } ?? "hat/1.0.0" }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] {
    let objects = await server.allObjects
    let manifest = try required(
      JSON(parsing: String(decoding: required(objects["\(folder)/manifest.json"]).bytes, as: UTF8.self)))
    var held: [String: [UInt8]] = [:]
    for file in manifest["artifact"]?["files"]?.array ?? [] {
      let key = try required(file["key"]?.string)
      held[try required(file["path"]?.string)] = objects["\(folder)/\(key)"]?.bytes
    }
    return held
  }

  func openUploads() async throws -> Int? { await server.openUploads }

  func count() async throws -> Int { await server.allObjects.keys.count { $0.hasSuffix("/manifest.json") } }

  func occupy(_ release: Release) async throws {
    let other: JSON = ["traind": ["job": "other@9", "artifact": "sha256:beef", "identity": "x"]]
    await server.put("\(folder)/manifest.json", Array(other.canonical.utf8))
  }

  func damage(_ version: RemoteVersion) async throws {
    let key = try required(await server.allObjects.keys.first { $0.contains("/files-") })
    await server.put(key, [1, 2, 3])
  }
}
