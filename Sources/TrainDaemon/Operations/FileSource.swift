internal import Glibc
internal import TrainControl
internal import TrainCore

/// A backup on its way to whoever asked for it.
enum FileSource {
  /// - Parameter path: of a file that is nobody else's; its name goes at once.
  static func open(_ path: String, _ boundary: Boundary) throws(ControlError) -> ByteSource {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    // Whoever reads holds the descriptor; the name is not needed any more.
    boundary.cross(.controlRemoveBackup) { unlink(path) }
    guard descriptor >= 0 else {
      throw ControlError(.failed, "backup", "could not open \(path): \(String(cString: strerror(errno)))")
    }
    var status = stat()
    let total = fstat(descriptor, &status) == 0 ? Int64(status.st_size) : nil
    return ByteSource(
      total: total,
      next: { () throws(ControlError) -> [UInt8]? in
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        let count = read(descriptor, &buffer, buffer.count)
        guard count >= 0 else {
          throw ControlError(.failed, "backup", "could not read \(path): \(String(cString: strerror(errno)))")
        }
        return count == 0 ? nil : Array(buffer[..<count])
      }, close: { close(descriptor) })
  }
}

enum FreeSpace {
  /// Bytes that an unprivileged writer can still use there.
  static func bytes(at path: String) -> Int64? {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? Int64(status.f_bavail) * Int64(status.f_frsize) : nil
  }
}
