import Foundation
import Glibc

/// A small file system in memory; throws where mounting is not permitted.
final class TemporaryMount: Sendable {
  private let directory: TemporaryDirectory

  init(megabytes: Int) throws {
    directory = try TemporaryDirectory()
    guard mount("tmpfs", directory.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { throw POSIXError(.EPERM) }
  }

  deinit { umount2(directory.path, Int32(MNT_DETACH)) }

  func file(_ name: String) -> String { directory.file(name) }

  func makeReadOnly() throws {
    guard mount("tmpfs", directory.path, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 else {
      throw POSIXError(.EPERM)
    }
  }

  /// Writes until nothing more fits.
  func fill(_ name: String) {
    let file = open(file(name), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    defer { close(file) }
    let block = [UInt8](repeating: 1, count: 4096)
    while write(file, block, block.count) > 0 {}
  }
}
