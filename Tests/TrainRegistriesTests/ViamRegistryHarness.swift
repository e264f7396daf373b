import Foundation
import SwiftProtobuf
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport
import TrainViam

struct ViamRegistryHarness: RegistryHarness {
  let viam: FakeViam
  let time: SteppedTime
  let endpoint: String
  var options: JSON = ["framework": "tflite"]

  /// Serves a Viam in this process while `work` runs.
  static func run(_ work: @Sendable (ViamRegistryHarness) async throws -> Void) async throws {
    let time = SteppedTime()
    let viam = FakeViam(time: time)
    try await viam.serve { endpoint in
      try await work(ViamRegistryHarness(viam: viam, time: time, endpoint: endpoint))
    }
  }

  func make() throws -> ViamRegistry {
    try ViamRegistry(
      ConnectionConfig(
        name: "viam", kind: "viam",
        settings: [
          "organization": .string(FakeViam.organization), "api_key_id": .string(FakeViam.keyID),
          "api_key": ["env": "KEY"], "endpoint": .string(endpoint),
        ]), secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"]), proxies: .none,
      time: time)
  }

  func registry() async throws -> any Registry { try make() }

  func close(_ registry: any Registry) async { await (registry as? any Closable)?.shutdown() }

  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]] {
    let bytes = try required(viam.package(version.id))
    return bytes.starts(with: [0x1f, 0x8b]) ? try await TarReader.contents(ofGzip: bytes) : ["model.tar.gz": bytes]
  }

  func count() async throws -> Int { viam.packageCount }

  func occupy(_ release: Release) async throws {
    let marker: JSON = ["traind": ["job": "other@9", "artifact": "sha256:beef", "identity": "x"]]
    viam.addPackage(
      release.modelName, release.modelVersion, Array("else".utf8), metadata: Google_Protobuf_Struct(marker))
  }

  func damage(_ version: RemoteVersion) async throws { viam.damagePackage(version.id) }
}
