internal import Synchronization

/// The digests of archives that are being sent, by upload. Those of uploads that this process did not begin are not
/// here.
final class ArchiveDigests: Sendable {
  private static let limit = 64
  private let known = Mutex<[(upload: String, digests: PassingDigests)]>([])

  subscript(upload: String) -> PassingDigests? { known.withLock { $0.first { $0.upload == upload }?.digests } }

  func keep(_ digests: PassingDigests, of upload: String) {
    known.withLock { known in
      if known.count >= Self.limit { known.removeFirst() }
      known.append((upload, digests))
    }
  }
}
