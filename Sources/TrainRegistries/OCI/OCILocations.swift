internal import Synchronization

/// Where uploads go on after the parts that this process sent: a registry may say another place after each.
final class OCILocations: Sendable {
  private static let limit = 1024
  private let latest = Mutex<[(first: String, now: String)]>([])

  /// - Parameter first: the place that the session has.
  func now(_ first: String) -> String {
    latest.withLock { latest in latest.last { $0.first == first }?.now } ?? first
  }

  func move(_ first: String, to now: String) {
    latest.withLock { latest in
      latest.removeAll { $0.first == first }
      if latest.count >= Self.limit { latest.removeFirst() }
      latest.append((first, now))
    }
  }
}
