internal import Glibc

/// One file as it is found: what is in it, or why that cannot be told.
enum ConfigFile {
  case absent
  /// A link to /dev/null: there is no such file here or in any directory below.
  case masked
  case bytes([UInt8])
  case refused(ConfigProblem)

  /// Reads at most `most` bytes; never waits for a pipe.
  static func read(_ path: String, most: Int) -> ConfigFile {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT, !isLink(path) { return .absent }
      return .refused(problem(path, "cannot be opened: \(reason(code))", code: code))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      return .refused(problem(path, "cannot be read: \(reason(errno))", code: errno))
    }
    if status.st_mode & S_IFMT == S_IFCHR, status.st_rdev == nullDevice { return .masked }
    guard status.st_mode & S_IFMT == S_IFREG else {
      return .refused(ConfigProblem(Place(file: path), "is not a regular file", hint: "remove it"))
    }
    guard status.st_size <= most else {
      return .refused(YAMLReader.tooLarge(Int64(status.st_size), file: path))
    }
    return contents(descriptor, path: path, most: most)
  }

  private static func contents(_ descriptor: Int32, path: String, most: Int) -> ConfigFile {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count == 0 { return .bytes(bytes) }
      guard count > 0 else {
        if errno == EINTR { continue }
        return .refused(problem(path, "cannot be read: \(reason(errno))", code: errno))
      }
      bytes += buffer[..<count]
      // It may grow while it is read.
      if bytes.count > most { return .refused(YAMLReader.tooLarge(Int64(bytes.count), file: path)) }
    }
  }

  /// The names in a directory in the order of their bytes; `nil` when it does not exist.
  static func names(in directory: String) -> Result<[String]?, ConfigProblems> {
    guard let stream = opendir(directory) else {
      let code = errno
      if code == ENOENT, !isLink(directory) { return .success(nil) }
      return .failure(ConfigProblems([problem(directory, "cannot be listed: \(reason(code))", code: code)]))
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let length = Int(strlen(UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: CChar.self)))
      let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(entry).advanced(by: nameOffset), count: length)
      names.append(String(decoding: bytes, as: UTF8.self))
      errno = 0
    }
    if errno != 0 {
      return .failure(ConfigProblems([problem(directory, "cannot be listed: \(reason(errno))", code: errno)]))
    }
    return .success(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }

  private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19

  /// makedev(1, 3)
  private static let nullDevice: dev_t = 1 << 8 | 3

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func problem(_ path: String, _ message: String, code: Int32) -> ConfigProblem {
    let hint: String? =
      switch code {
      case EACCES, EPERM: "let the daemon's user read it"
      case ENOENT, ELOOP: "the link leads nowhere: mend or remove it"
      default: nil
      }
    return ConfigProblem(Place(file: path), message, hint: hint)
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "no such file"
    case EACCES, EPERM: "permission denied"
    case ENOTDIR: "not a directory"
    case ELOOP: "too many links"
    case EISDIR: "is a directory"
    case ENAMETOOLONG: "the name is too long"
    case EMFILE, ENFILE: "too many open files"
    case EIO: "input/output error"
    default: "error \(code)"
    }
  }
}
