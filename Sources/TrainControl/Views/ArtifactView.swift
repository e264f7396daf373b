public import TrainCore

/// What a training produced.
public struct ArtifactView: Hashable, Sendable, WireValue {
  public struct File: Hashable, Sendable, WireValue {
    public var path: String
    public var bytes: Int64
    /// `sha256:<hex>`
    public var digest: String

    public init(_ json: JSON) throws(ControlError) {
      let file = try Members(json, of: "a file of an artifact")
      path = try file.string("path")
      bytes = try file.int("bytes")
      digest = try file.string("digest")
    }

    init(_ file: Artifact.File) {
      path = file.path
      bytes = file.bytes
      digest = "sha256:\(file.digests.sha256)"
    }

    public var json: JSON { ["path": .string(path), "bytes": .int(bytes), "digest": .string(digest)] }
  }

  public var bytes: Int64
  /// `sha256:<hex>`, of the one file or of the list of several.
  public var digest: String
  public var files: [File]

  public init(_ artifact: Artifact) {
    bytes = artifact.bytes
    digest = artifact.digest
    files = artifact.files.map(File.init(_:))
  }

  public init(_ json: JSON) throws(ControlError) {
    let artifact = try Members(json, of: "an artifact")
    bytes = try artifact.int("bytes")
    digest = try artifact.string("digest")
    files = try artifact.list("files")
  }

  public var json: JSON { ["bytes": .int(bytes), "digest": .string(digest), "files": .list(files)] }
}
