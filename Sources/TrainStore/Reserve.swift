internal import Glibc

/// A file of a few MiB beside the database. It is given back when the disk is full, so that what is running can still be
/// written down, and taken again when there is room.
struct Reserve: Sendable {
  let path: String
  let bytes: Int64
  /// It lies on the disk, every block of it.
  private(set) var isHeld = false

  init(path: String, bytes: Int64) {
    self.path = path
    self.bytes = bytes
  }

  /// Takes the space, where there is enough that others are not starved by it.
  mutating func take() {
    guard !isHeld, bytes > 0 else { return }
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    defer { close(file) }
    // Blocks, not the size: a copy may have made it sparse.
    var facts = stat()
    if fstat(file, &facts) == 0, facts.st_size >= bytes, Int64(facts.st_blocks) * 512 >= bytes {
      isHeld = true
      return
    }
    isHeld = hasRoom(file) && posix_fallocate(file, 0, off_t(bytes)) == 0
    if !isHeld { unlink(path) }
  }

  /// Returns whether there was something to give.
  mutating func give() -> Bool {
    guard isHeld else { return false }
    isHeld = false
    let emptied = truncate(path, 0) == 0
    return unlink(path) == 0 || emptied
  }

  private func hasRoom(_ file: Int32) -> Bool {
    var facts = statvfs()
    guard fstatvfs(file, &facts) == 0 else { return false }
    return Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize)) >= 2 * bytes
  }
}
