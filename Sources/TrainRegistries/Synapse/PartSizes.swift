internal import Synchronization
internal import TrainCore

/// How large the next part of an upload may be: smaller after a failure, larger again while all goes well.
/// Any size is legal to the backend, so this is only about what gets through. Kept in memory.
final class PartSizes: Sendable {
  static let first: Int64 = 1024 * 1024
  static let least: Int64 = 64 * 1024

  private struct State {
    var size: Int64
    /// What something in between takes at most (413).
    var limit: Int64
  }

  private let most: Int64
  private let state: Mutex<State>

  init(most: Int64) {
    self.most = most
    state = Mutex(State(size: most, limit: most))
  }

  var size: Int64 { state.withLock { min($0.size, $0.limit) } }

  /// The sizes of the parts to come, growing again after a small one.
  func plan(_ bytes: Int64) -> [Int64] {
    var (size, limit) = state.withLock { (min($0.size, $0.limit), min(most, $0.limit)) }
    var left = bytes
    var parts: [Int64] = []
    while left > 0 {
      parts.append(min(size, left))
      left -= size
      size = min(limit, size * 2)
    }
    return parts
  }

  /// An upload's first part: small, so that a lost answer leaves a small orphan, and a refusal comes early.
  var first: Int64 { min(Self.first, size) }

  /// A part of that length was too large. Returns whether a smaller one is worth a try.
  func refuse(_ length: Int64) -> Bool {
    state.withLock {
      $0.limit = max(Self.least, min($0.limit, length / 2))
      return length > Self.least
    }
  }

  /// A part of that length got lost on the way.
  func lose(_ length: Int64) {
    state.withLock { $0.size = min($0.size, max(Self.first, length / 2)) }
  }

  func succeed(_ length: Int64) {
    state.withLock { if length >= $0.size { $0.size = min(most, $0.size * 2) } }
  }
}
