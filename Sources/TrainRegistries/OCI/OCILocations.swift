internal import Synchronization
internal import TrainCore

/// Where uploads go on after the parts that this process sent: a registry may say another place after each.
final class OCILocations: Sendable {
  private static let limit = 1024
  private let latest = Mutex<[(first: String, now: OCIBlobs.Place)]>([])

  /// `nil` when nothing was sent yet.
  /// - Parameter first: the place that the session has.
  func now(_ first: String) -> OCIBlobs.Place? {
    latest.withLock { latest in latest.last { $0.first == first }?.now }
  }

  func move(_ first: String, to now: OCIBlobs.Place) {
    latest.withLock { latest in
      latest.removeAll { $0.first == first }
      if latest.count >= Self.limit { latest.removeFirst() }
      latest.append((first, now))
    }
  }

  /// What an upload is known by, wherever it goes on.
  static func path(_ location: String) -> String { String(location.prefix { $0 != "?" }) }

  /// The place after the last part that has a receipt, in this process or an earlier one. Some registries (the
  /// distribution project's) sign the offset into the place, and know an upload by no other.
  func latest(_ first: String, _ receipts: [PartReceipt]) -> String {
    if let now = now(first) { return now.location }
    let upload = Self.path(first)
    let last = receipts.filter { Self.path($0.token) == upload }.max { $0.offset < $1.offset }
    return last?.token ?? first
  }
}
