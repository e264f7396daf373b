internal import Crypto
internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// The digests of a whole layout, taken in one pass over it. Hex, lower case.
struct LayoutDigests: Hashable, Sendable {
  var md5: String
  var sha256: String

  /// Reads everything once. Each file is compared with the artifact's digest on the way: Fault `.corrupted`
  /// (permanent).
  static func take(of layout: some UploadLayout, for artifact: Artifact) async throws(Fault) -> LayoutDigests {
    do {
      return try await pass(over: layout, for: artifact)
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .transient(.interrupted, "taking the digest of the archive was interrupted", effect: .none)
    }
  }

  private static func pass(over layout: some UploadLayout, for artifact: Artifact) async throws -> LayoutDigests {
    let blocking = Blocking()
    var md5 = Insecure.MD5()
    var sha256 = SHA256()
    var offset: Int64 = 0
    while offset < layout.bytes {
      let (piece, start, length) = layout.piece(at: offset)
      var fileHash = SHA256()
      for try await buffer in layout.buffers(start..<(start + length), pace: nil) {
        let before = (md5, sha256, fileHash)
        (md5, sha256, fileHash) = try await blocking.perform { () throws(Fault) in
          var after = before
          buffer.withUnsafeReadableBytes { bytes in
            after.0.update(bufferPointer: bytes)
            after.1.update(bufferPointer: bytes)
            after.2.update(bufferPointer: bytes)
          }
          return after
        }
      }
      if case .file(let index, let path) = piece {
        let expected = artifact.files[index].digests.sha256
        let found = fileHash.finalize().hex
        guard found == expected else { throw Fault.spoolDamaged(path, found: found, expected: expected) }
      }
      offset = start + length
    }
    return LayoutDigests(md5: md5.finalize().hex, sha256: sha256.finalize().hex)
  }
}
