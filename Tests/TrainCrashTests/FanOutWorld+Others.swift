import Foundation
import TrainCore
import TrainTestKit

/// What others do meanwhile: somebody's version that has the alias already, and registries that do not take a version.
extension FanOutWorld {
  /// Puts somebody else's version of a model there, and the alias at it.
  func prepare(_ model: String) async throws {
    let folder = "\(directory.path)/\(model)"
    try FileManager.default.createDirectory(atPath: "\(folder)/0", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(Self.alias)", withDestinationPath: "0")

    let config: [UInt8] = Array("{}".utf8)
    await far.oci.add(config, to: model)
    let manifest: JSON = [
      "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
      "config": [
        "mediaType": "application/vnd.oci.empty.v1+json", "digest": .string(OCIServer.digest(config)),
        "size": .int(Int64(config.count)),
      ],
      "layers": [], "annotations": ["traind.tag": "0", "traind.job": .string(Self.other)],
    ]
    await far.oci.tag("0", in: model, as: manifest)
    await far.oci.tag(Self.alias, in: model, as: manifest)

    await far.mlflow.add(version: ["traind.version": "0", "traind.job": Self.other], of: model)
    await far.mlflow.point(Self.alias, of: model)
  }

  /// The id of the version that ``prepare(_:)`` put there.
  func seeded(_ model: String, in registry: String) async throws -> String? {
    switch registry {
    case "shelf": "\(model)/0"
    default: try await self.registry(registry).held(of: model).first { $0.job == Self.other }?.id
    }
  }

  func hinder(_ name: String, forGood: Bool) async {
    if forGood { await refuse(name) } else { await hold() }
  }

  /// What would make a version visible; large files are not even put together.
  private func hold() async {
    let isLarge = isLarge
    await far.gate("bucket").refuse(503) { request in
      isLarge
        ? request.method == "POST" && request.query["uploadId"] != nil
        : request.method == "PUT" && request.path.hasSuffix("/manifest.json")
    }
    await far.gate("images").refuse(503) { request in
      request.method == "PUT" && request.path.contains(isLarge ? "/blobs/uploads/" : "/manifests/1")
    }
    await far.gate("flow").refuse(503) { request in
      request.path.contains(isLarge ? "/mpu/complete/" : "/model-versions/create")
    }
    await far.gate("tfy").refuse(503) { request in
      isLarge
        ? request.method == "POST" && request.path.hasPrefix("/store/")
        : request.method == "PUT" && request.path.hasSuffix("/model-versions")
    }
  }

  /// TrueFoundry's store refuses; with large files the others do, too, else somebody is faster than we at MLflow.
  private func refuse(_ name: String) async {
    await far.gate("tfy").refuse(400) { $0.path.hasPrefix("/store/") }
    guard isLarge else {
      await far.mlflow.beforeVersion { server in
        await server.add(version: ["traind.version": "1", "traind.job": "faster@9"], of: name)
      }
      return
    }
    await far.gate("bucket").refuse(400) { $0.method == "POST" && $0.query["uploadId"] != nil }
    await far.gate("images").refuse(400) { $0.method == "PUT" && $0.path.contains("/blobs/uploads/") }
    // Twice: MLflow passes on as its own error what its store says, so nothing is refused for good.
    await far.gate("flow").refuse(500, atMost: 2) { $0.path.contains("/mpu/complete/") }
  }

  var isHindered: Bool {
    get async {
      for gate in far.gates.values where await gate.met == 0 {
        return false
      }
      return true
    }
  }

  func admit(_ name: String) async {
    for gate in far.gates.values { await gate.refuse(0, nil) }
    await far.mlflow.remove(versionsOf: "faster@9")
  }
}
