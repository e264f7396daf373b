internal import Glibc

extension Descriptor {
  /// The names in a directory as the disk has them, each with its final NUL; `.` and `..` left out.
  func entries(of what: String) throws(RunnerError) -> [[CChar]] {
    // Another description: reading moves its offset, and closing the stream closes it.
    let raw = openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard raw >= 0 else { throw .system("opening the directory \(what)") }
    guard let stream = fdopendir(raw) else {
      close(raw)
      throw .system("reading the directory \(what)")
    }
    defer { closedir(stream) }
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    var names: [[CChar]] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .system("reading the directory \(what)") }
        return names
      }
      // Where the entry lies: it is shorter than its type says, and must not be copied as one.
      let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      let bytes = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
      if bytes != [46, 0] && bytes != [46, 46, 0] { names.append(bytes) }
    }
  }

  /// Removes a file or a directory with all that is in it; what is not there is no error. Never follows links.
  func removeTree(_ name: String) throws(RunnerError) {
    try removeTree(name.utf8CString.map { $0 })
  }

  private func removeTree(_ name: [CChar]) throws(RunnerError) {
    if unlinkat(raw, name, 0) == 0 || errno == ENOENT { return }
    let text = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard errno == EISDIR || errno == EPERM else { throw .system("removing \(text)") }
    // A command may have taken its own right to write away.
    _ = fchmodat(raw, name, 0o700, 0)
    let inner = openat(raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard inner >= 0 else { throw .system("removing \(text)") }
    let directory = Descriptor(adopting: inner)
    for entry in try directory.entries(of: text) { try directory.removeTree(entry) }
    if unlinkat(raw, name, AT_REMOVEDIR) != 0 && errno != ENOENT { throw .system("removing \(text)") }
  }
}
