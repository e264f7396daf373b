internal import Synchronization

/// Whether a store's ETags are MD5s, as far as this process has seen: on most they are, on encrypted buckets they only
/// look like it.
final class StoreChecks: Sendable {
  enum Rule: Sendable {
    case unknown
    /// One was. From now on another one is a mistake.
    case etag
    /// One was not: parts are sent with their MD5, and the store compares.
    case header
  }

  private let held = Mutex(Rule.unknown)

  var rule: Rule { held.withLock { $0 } }

  /// What a store told of bytes with that MD5. Returns whether they may be taken for what was sent.
  /// - Parameter wasChecked: the store was given the MD5 beforehand, and took the bytes.
  func accepts(_ told: String?, for md5: String, wasChecked: Bool) -> Bool {
    held.withLock { rule in
      if told == md5 {
        rule = .etag
        return true
      }
      if wasChecked { return true }
      // Nothing told (Azure, some proxies): what arrived is compared by its length before the commit.
      guard told != nil else { return true }
      if rule == .unknown { rule = .header }
      return false
    }
  }
}
