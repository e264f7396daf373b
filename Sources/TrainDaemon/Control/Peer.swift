internal import Glibc

/// The process at the other end of a Unix socket, as it was when it connected.
struct Peer: Hashable, Sendable {
  var uid: UInt32
  /// The primary group and all supplementary ones.
  var groups: Set<UInt32>

  /// `struct ucred`, which Glibc's module hides.
  private struct Credentials {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
  }

  /// `SO_PEERGROUPS` of asm-generic/socket.h (Linux 4.13), which Glibc's module hides.
  private static let peerGroups: Int32 = 59
  /// NGROUPS_MAX of Linux.
  private static let mostGroups = 65536

  init(uid: UInt32, groups: Set<UInt32>) {
    self.uid = uid
    self.groups = groups
  }

  /// - Returns: `nil` when the kernel doesn't tell: then the peer is nobody.
  init?(descriptor: Int32) {
    var credentials = Credentials()
    var size = socklen_t(MemoryLayout<Credentials>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else { return nil }
    uid = credentials.uid
    groups = Self.supplementary(descriptor)
    groups.insert(credentials.gid)
  }

  private static func supplementary(_ descriptor: Int32) -> Set<UInt32> {
    var capacity = 64
    while capacity <= mostGroups {
      var groups = [UInt32](repeating: 0, count: capacity)
      var size = socklen_t(capacity * MemoryLayout<UInt32>.size)
      if getsockopt(descriptor, SOL_SOCKET, peerGroups, &groups, &size) == 0 {
        return Set(groups.prefix(Int(size) / MemoryLayout<UInt32>.size))
      }
      guard errno == ERANGE else { return [] }
      capacity *= 4
    }
    return []
  }
}
