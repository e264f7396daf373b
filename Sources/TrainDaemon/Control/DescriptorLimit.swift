internal import Glibc

/// How many file descriptors this process may have. The kernel hands out the lowest that is free: the number of a new
/// one says how many are taken.
enum DescriptorLimit {
  /// Left to everything that is no control connection: calls to far sides, the store, and libdispatch, which ends a
  /// process that has none left for it.
  private static let kept = 64

  static func leavesRoom(beyond descriptor: Int32) -> Bool {
    let limit = sysconf(Int32(_SC_OPEN_MAX))
    return limit < 0 || Int(descriptor) < limit - min(kept, limit / 4)
  }
}
