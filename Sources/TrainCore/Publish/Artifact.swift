/// What a training produced, unchanged, as it lies in the spool.
public struct Artifact: Hashable, Sendable, Codable {
  public struct File: Hashable, Sendable, Codable {
    /// Relative, `/`-separated, never leaving its directory.
    public var path: String
    public var bytes: Int64
    public var digests: FileDigests

    public init(path: String, bytes: Int64, digests: FileDigests) {
      self.path = path
      self.bytes = bytes
      self.digests = digests
    }
  }

  /// Sorted by path.
  public var files: [File]
  /// sha256, hex: of the one file, or of the lines `<hex>  <path>\n` of several, sorted by path.
  public var sha256: String
  /// A document over the files' digests that proves who vouches for them; made once, when they were fetched.
  public var signature: JSON?

  /// - Parameter sha256OfManifest: hashes text; called only when there are several files.
  public init(files: [File], sha256OfManifest: (String) -> String) {
    let sorted = files.sorted { $0.path < $1.path }
    self.files = sorted
    if sorted.count == 1 {
      sha256 = sorted[0].digests.sha256
    } else {
      sha256 = sha256OfManifest(sorted.map { "\($0.digests.sha256)  \($0.path)\n" }.joined())
    }
  }

  public var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }
  public var digest: String { "sha256:\(sha256)" }
}
