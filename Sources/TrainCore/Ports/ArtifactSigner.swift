/// Signs what a training produced.
public protocol ArtifactSigner: Sendable {
  /// A document that proves who vouches for the release's bytes, by their digests, and where they come from.
  /// - Parameter credential: the name of the credential that holds the key.
  /// - Throws: what keeps the key from being used; never the key.
  func signature(of release: Release, by credential: String) throws(Fault) -> JSON
}
