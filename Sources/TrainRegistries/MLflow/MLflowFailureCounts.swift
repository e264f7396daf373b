internal import Synchronization

/// Uploads in parts of which something went wrong, as far as this process knows, and how often.
final class MLflowFailureCounts: Sendable {
  private static let limit = 1024
  private let known = Mutex<[(key: String, times: Int)]>([])

  func contains(_ key: String) -> Bool { times(key) > 0 }

  func times(_ key: String) -> Int { known.withLock { known in known.last { $0.key == key }?.times ?? 0 } }

  func insert(_ key: String) {
    known.withLock { known in
      if let index = known.firstIndex(where: { $0.key == key }) {
        known[index].times += 1
        return
      }
      if known.count >= Self.limit { known.removeFirst() }
      known.append((key, 1))
    }
  }
}
