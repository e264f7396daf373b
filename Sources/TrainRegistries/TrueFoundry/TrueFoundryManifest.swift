internal import TrainCore

/// The `manifest` of a model version, as it is staged and as it is committed.
struct TrueFoundryManifest {
  /// Files beyond these are told by number and the artifact's digest alone.
  private static let mostFilesTold = 64

  let release: Release
  let keys: TrueFoundryKeys

  /// Before anything is there.
  var staged: JSON { manifest(source: ["type": "truefoundry"], metadata: .empty) }

  /// - Parameter root: where the staged version's files lie, as the API told it.
  func committed(root: String) -> JSON {
    var metadata = keys.metadata
    metadata["traind"] = marker
    metadata[".truefoundry"] = ["artifact_size": .int(release.artifact.bytes)]
    return manifest(source: ["type": "truefoundry", "uri": .string(root)], metadata: .object(metadata))
  }

  /// The release's marker, and where it comes from.
  private var marker: JSON {
    var marker = release.marker
    let record = release.record
    marker["model"] = record["model"]
    marker["provenance"] = record["provenance"]
    var held = record["artifact"] ?? .empty
    if release.artifact.files.count > Self.mostFilesTold { held["files"] = .int(Int64(release.artifact.files.count)) }
    marker["held"] = held
    return marker
  }

  private func manifest(source: JSON, metadata: JSON) -> JSON {
    var manifest: JSON = [
      "type": "model-version", "name": .string(keys.name), "ml_repo": .string(keys.repository), "source": source,
      "metadata": metadata,
    ]
    if let description = keys.description { manifest["description"] = .string(description) }
    if let alias = keys.alias { manifest["version_alias"] = .string(alias) }
    if let run = keys.run { manifest["run_id"] = .string(run) }
    if let step = keys.step { manifest["step"] = .int(step) }
    manifest["framework"] = keys.framework
    manifest["environment"] = keys.environment
    return manifest
  }
}
