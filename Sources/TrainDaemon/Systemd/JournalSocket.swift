internal import Glibc

/// Whether there is a journal to write to, and whether our standard error already goes there.
enum JournalSocket {
  static let path = "/run/systemd/journal/socket"

  /// Whether somebody receives on the journal's socket now.
  static func answers(at path: String = JournalSocket.path) -> Bool {
    guard let address = UnixAddress(path) else { return false }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return address.withSockaddr { connect(descriptor, $0, $1) } == 0
  }

  /// Whether `stream` (`$JOURNAL_STREAM`, `device:inode` in decimal) names what `descriptor` is connected to: the test
  /// of systemd.exec(5). A redirected standard error no longer matches.
  static func isStream(_ stream: String?, descriptor: Int32) -> Bool {
    guard let stream else { return false }
    let parts = stream.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }
}
