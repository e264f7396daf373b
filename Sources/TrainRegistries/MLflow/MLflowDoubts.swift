internal import Synchronization

/// Uploads in parts of which something went wrong, as far as this process knows.
final class MLflowDoubts: Sendable {
  private static let limit = 1024
  private let keys = Mutex<[String]>([])

  func contains(_ key: String) -> Bool { keys.withLock { $0.contains(key) } }

  func insert(_ key: String) {
    keys.withLock { keys in
      if keys.contains(key) { return }
      if keys.count >= Self.limit { keys.removeFirst() }
      keys.append(key)
    }
  }
}
