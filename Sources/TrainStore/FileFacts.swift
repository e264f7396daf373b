internal import Glibc

/// What the file system says about a path.
struct FileFacts {
  var bytes: Int64
  var isRegular: Bool

  /// `nil` when there is nothing, or nothing that may be seen: `errno` says which.
  init?(path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    bytes = Int64(facts.st_size)
    isRegular = facts.st_mode & S_IFMT == S_IFREG
  }

  /// The directory that `path` is in.
  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Bytes that an unprivileged writer can still use where `path` is; `nil` = that can't be told.
  static func free(_ path: String) -> Int64? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    return Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
  }

  static var lastError: String { String(cString: strerror(errno)) }

  /// Makes a file, or the names in a directory, durable.
  static func sync(_ path: String) -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return fsync(file) == 0
  }
}
