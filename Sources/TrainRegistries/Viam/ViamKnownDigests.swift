internal import Synchronization
internal import TrainCore

/// The digests of archives that were read lately, so that looking at a version does not read everything again.
final class ViamKnownDigests: Sendable {
  private static let limit = 16
  private let known = Mutex<[(key: String, digests: ViamArchive.Digests)]>([])

  private static func key(of release: Release) -> String { "\(release.directory) \(release.artifact.sha256)" }

  func note(_ digests: ViamArchive.Digests, of release: Release) {
    let key = Self.key(of: release)
    known.withLock { known in
      known.removeAll { $0.key == key }
      if known.count >= Self.limit { known.removeFirst() }
      known.append((key, digests))
    }
  }

  func of(_ archive: ViamArchive, for release: Release) async throws(Fault) -> ViamArchive.Digests {
    if let digests = archive.digests(of: release.artifact) { return digests }
    let key = Self.key(of: release)
    if let found = known.withLock({ $0.first { $0.key == key } }) { return found.digests }
    do {
      let digests = try await archive.pass(for: release.artifact, pace: nil) { _ in }
      note(digests, of: release)
      return digests
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .transient(.interrupted, "taking the digest of the archive was interrupted", effect: .none)
    }
  }
}
