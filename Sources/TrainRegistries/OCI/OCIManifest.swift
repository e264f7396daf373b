internal import TrainCore

/// What makes a version: an OCI 1.1 artifact manifest with the media types of the CNCF's ModelPack specification (v1),
/// and the configuration that it names. The same artifact and annotations always give the same bytes.
struct OCIManifest: Hashable, Sendable {
  static let mediaType = "application/vnd.oci.image.manifest.v1+json"
  static let artifactType = "application/vnd.cncf.model.manifest.v1+json"
  static let configType = "application/vnd.cncf.model.config.v1+json"
  /// A file as it is, neither archived nor compressed.
  static let layerType = "application/vnd.cncf.model.weight.v1.raw"
  static let filepath = "org.cncf.model.filepath"
  /// The annotation that says the version's own tag, where another leads to it.
  static let tag = "traind.tag"

  let text: String
  let config: String

  init(_ artifact: Artifact, annotations: [String: String]) {
    var descriptor: JSON = [
      "name": .string(annotations["traind.model"] ?? ""), "version": .string(annotations["traind.version"] ?? ""),
    ]
    if let created = annotations["org.opencontainers.image.created"] { descriptor["createdAt"] = .string(created) }
    let digests = artifact.files.map { JSON.string("sha256:\($0.digests.sha256)") }
    let configuration: JSON = [
      "descriptor": descriptor, "config": .empty, "modelfs": ["type": "layers", "diffIds": .array(digests)],
    ]
    config = configuration.canonical
    let layers = artifact.files.map { file -> JSON in
      [
        "mediaType": .string(Self.layerType), "digest": .string("sha256:\(file.digests.sha256)"),
        "size": .int(file.bytes), "annotations": .object([Self.filepath: .string(file.path)]),
      ]
    }
    let manifest: JSON = [
      "schemaVersion": 2, "mediaType": .string(Self.mediaType), "artifactType": .string(Self.artifactType),
      "config": [
        "mediaType": .string(Self.configType), "digest": .string(Self.digest(config)),
        "size": .int(Int64(config.utf8.count)),
      ],
      "layers": .array(layers), "annotations": .object(annotations.mapValues(JSON.string)),
    ]
    text = manifest.canonical
  }

  var digest: String { Self.digest(text) }

  static func digest(_ text: String) -> String { "sha256:\(SigV4.sha256(text))" }

  /// What is said of a release beside its files.
  static func annotations(of release: Release, _ keys: OCIKeys) -> [String: String] {
    var all = keys.annotations
    for fact in release.facts { all[fact.name] = fact.value }
    all[tag] = keys.reference.tag
    let standard = [
      "title": release.modelName, "version": release.modelVersion, "created": release.provenance.finished?.iso8601,
    ]
    for case (let name, let value?) in standard {
      let full = "org.opencontainers.image.\(name)"
      if all[full] == nil { all[full] = value }
    }
    return all
  }
}
