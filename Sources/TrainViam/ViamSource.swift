internal import NIOHTTP1
package import TrainCore
package import TrainTransport

/// Where an archive's bytes come from, after redirects, and what its head says of them.
package struct ViamSource: Sendable {
  package var url: String
  /// The address is on the host that the package service named: the key may go there.
  package var takesKey: Bool
  package var length: Int64
  package var hashes: ViamHashes
  package var etag: String?
  /// What a part that is held must have come from.
  package var tag: String

  /// Fit for If-Range.
  package var strongETag: String? { etag.flatMap { $0.hasPrefix("\"") ? $0 : nil } }

  /// A call for the bytes.
  package func call(_ what: String, _ keyID: String, _ key: RenewableSecret) throws(Fault) -> HTTPCall {
    try ViamSource.call(.GET, url, at: .viamFetchArchive, takesKey: takesKey, what, keyID, key)
  }

  /// The key travels in headers of its own. A signed address on another host needs none, and must not see it.
  static func call(
    _ method: HTTPMethod, _ url: String, at point: CrashPoint = .viamProbeArchive, takesKey: Bool, _ what: String,
    _ keyID: String, _ key: RenewableSecret
  ) throws(Fault) -> HTTPCall {
    // A HEAD announces the length of what it does not send: the limit on answers must not be taken to that.
    var call = HTTPCall(
      method, url, point: point, purpose: what, headers: ["accept-encoding": "identity"], responseLimit: .max)
    if takesKey {
      call.headers.add(name: "key_id", value: keyID)
      call.add(try key.current(), as: "key")
    }
    return call
  }
}
