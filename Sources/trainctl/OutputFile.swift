internal import Glibc
internal import TrainControl

/// A file that appears whole or not at all: written beside its place, synced, then renamed.
final class OutputFile {
  private let path: String
  private let partial: String
  private let what: String
  private var descriptor: Int32
  private(set) var bytes: Int64 = 0

  /// Nobody but the user may read it.
  init(_ path: String, what: String) throws(ControlError) {
    self.path = path
    self.what = what
    partial = "\(path).partial-\(getpid())"
    descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    if descriptor < 0 { throw failed() }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    unlink(partial)
  }

  func write(_ chunk: [UInt8]) throws(ControlError) {
    var written = 0
    while written < chunk.count {
      let count = chunk.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count >= 0 { written += count } else if errno != EINTR { throw failed() }
    }
    bytes += Int64(chunk.count)
  }

  func commit() throws(ControlError) {
    guard fsync(descriptor) == 0, rename(partial, path) == 0 else { throw failed() }
    close(descriptor)
    descriptor = -1
    let end = path.lastIndex(of: "/")
    let directory = open(end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  private func failed() -> ControlError {
    let kind: ControlError.Kind = errno == EACCES || errno == EPERM ? .notPermitted : .failed
    return ControlError(kind, what, String(cString: strerror(errno)), hint: "check the directory and its free space")
  }
}
