internal import Glibc
internal import TrainCore

/// A file of a few MiB beside the database. It is given back when the disk is full, so that what is running can still
/// be written down, and taken again when there is room.
struct Reserve: Sendable {
  let path: String
  let bytes: Int64
  private let boundary: Boundary
  /// It lies on the disk, every block of it.
  private(set) var isHeld = false

  /// Knows what lies there already, and writes nothing.
  init(path: String, bytes: Int64, boundary: Boundary = Boundary()) {
    self.path = path
    self.boundary = boundary
    self.bytes = bytes
    isHeld = bytes > 0 && isWhole
  }

  /// Takes the space, where there is enough that others are not starved by it.
  mutating func take() {
    guard !isHeld, bytes > 0, hasRoom else { return }
    isHeld = boundary.cross(.storeReserve) {
      let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard file >= 0 else { return false }
      defer { close(file) }
      guard posix_fallocate(file, 0, off_t(bytes)) == 0 else {
        unlink(path)
        return false
      }
      return true
    }
  }

  /// Returns whether there was something to give.
  mutating func give() -> Bool {
    guard isHeld else { return false }
    isHeld = false
    return boundary.cross(.storeGiveReserve) {
      let emptied = truncate(path, 0) == 0
      return unlink(path) == 0 || emptied
    }
  }

  /// Blocks count, not the size: a copy may have made it sparse.
  private var isWhole: Bool {
    var facts = stat()
    return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && facts.st_size >= bytes
      && Int64(facts.st_blocks) * 512 >= bytes
  }

  private var hasRoom: Bool { (FileFacts.free(FileFacts.directory(of: path)) ?? 0) >= 2 * bytes }
}
