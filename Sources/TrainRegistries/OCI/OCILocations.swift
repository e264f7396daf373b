internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// Where uploads go on after the parts that this process sent (a registry may say another place after each), and how
/// such places are stored.
final class OCILocations: Sendable {
  private static let limit = 1024
  private static let sealed = "sealed:"

  private let origin: Origin
  private let addresses: SealedAddresses
  private let latest = Mutex<[(first: String, now: OCIBlobs.Place)]>([])

  init(origin: Origin, addresses: SealedAddresses) {
    self.origin = origin
    self.addresses = addresses
  }

  /// A place as it is stored. At the registry itself it is worth nothing without the login; at another host, which is
  /// told nothing of who we are, knowing it is all that is needed.
  func kept(_ location: String) -> String {
    Origin(location) == origin ? location : Self.sealed + (addresses.seal(.string(location)) ?? "")
  }

  /// `nil` when it cannot be unsealed (any more).
  private func place(_ kept: String) -> String? {
    kept.hasPrefix(Self.sealed) ? addresses.open(String(kept.dropFirst(Self.sealed.count)))?.string : kept
  }

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

  /// What an upload is known by, wherever it goes on; `nil` when it cannot be told any more.
  func path(ofKept kept: String) -> String? { place(kept).map(Self.path) }

  static func path(_ location: String) -> String { String(location.prefix { $0 != "?" }) }

  /// The place after the last part that has a receipt, in this process or an earlier one. Some registries (the
  /// distribution project's) sign the offset into the place, and know an upload by no other. `nil` when it cannot be
  /// told any more.
  func latest(_ first: String, _ receipts: [PartReceipt]) -> String? {
    if let now = now(first) { return now.location }
    guard let place = place(first) else { return nil }
    let upload = Self.path(place)
    let others = receipts.compactMap { receipt in self.place(receipt.token).map { (offset: receipt.offset, place: $0) }
    }
    let last = others.filter { Self.path($0.place) == upload }.max { $0.offset < $1.offset }
    return last?.place ?? place
  }
}
