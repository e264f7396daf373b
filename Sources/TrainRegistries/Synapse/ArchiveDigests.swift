internal import Synchronization
internal import TrainCore

/// The digests of archives that were read lately: an upload that cannot be opened does not read everything again each
/// time.
final class ArchiveDigests: Sendable {
  private static let limit = 16
  private let known = Mutex<[(artifact: String, digests: LayoutDigests)]>([])

  func of(_ layout: ZipLayout, for release: Release) async throws(Fault) -> LayoutDigests {
    let digest = "\(release.directory) \(release.artifact.sha256)"
    if let found = known.withLock({ $0.first { $0.artifact == digest } }) { return found.digests }
    let digests = try await LayoutDigests.take(of: layout, for: release.artifact)
    known.withLock { known in
      known.removeAll { $0.artifact == digest }
      if known.count >= Self.limit { known.removeFirst() }
      known.append((digest, digests))
    }
    return digests
  }
}
