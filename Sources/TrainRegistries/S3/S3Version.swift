internal import TrainCore

/// Where a release's objects are in its bucket: `<prefix>/<model>/<version>/manifest.json`, and beside it a folder
/// that is named after the artifact's digest. Two that race for one version so never write to the same object.
struct S3Version: Hashable, Sendable {
  /// No key is longer.
  static let mostKeyBytes = 1024
  static let marked = "x-amz-meta-traind-sha256"

  /// Holds the model's versions.
  let model: String
  let folder: String
  let files: String

  /// Fault `.rejected` for what cannot be part of a key.
  init(_ release: Release, keys: S3Keys) throws(Fault) {
    model = (keys.prefix.isEmpty ? "" : "\(keys.prefix)/") + (try SafePath.name(release.modelName, "the model"))
    let version = try SafePath.name(release.modelVersion, "the version")
    folder = "\(model)/\(version)"
    files = "files-\(release.artifact.sha256.prefix(16))"
  }

  var manifest: String { "\(folder)/manifest.json" }

  func key(of file: Artifact.File) -> String { "\(folder)/\(files)/\(file.path)" }

  /// What every upload of the version's files begins with.
  var filePrefix: String { "\(folder)/\(files)/" }

  func check(_ artifact: Artifact) throws(Fault) {
    for file in artifact.files {
      _ = try SafePath.components(file.path)
      guard key(of: file).utf8.count <= Self.mostKeyBytes else {
        throw .permanent(
          .rejected, "\(file.path) is too long a name: with its prefix it has more than \(Self.mostKeyBytes) bytes")
      }
    }
  }
}
