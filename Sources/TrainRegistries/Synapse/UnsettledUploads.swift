internal import Synchronization

/// Uploads whose last part may still be on its way to the backend, as far as this process knows.
final class UnsettledUploads: Sendable {
  private static let limit = 1024
  private let settled = Mutex<[String]>([])

  /// True for an upload whose last call was not seen to end: after an ambiguous answer, and after a restart.
  func contains(_ id: String) -> Bool { settled.withLock { !$0.contains(id) } }

  func insert(_ id: String) { settled.withLock { $0.removeAll { $0 == id } } }

  func remove(_ id: String) {
    settled.withLock { settled in
      settled.removeAll { $0 == id }
      if settled.count >= Self.limit { settled.removeFirst() }
      settled.append(id)
    }
  }
}
