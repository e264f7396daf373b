import Glibc
import TrainCore

/// The few file operations that the spool needs, each with an error that says what, where, why.
enum Disk {
  static func fault(_ doing: String, _ path: String, _ code: Int32 = errno) -> Fault {
    let why = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT:
      return .transient(
        .diskFull, "\(doing) \(path): \(why)", hint: "free some space; traind goes on by itself", effect: .none)
    default: return .transient(.io, "\(doing) \(path): \(why)", effect: .none)
    }
  }

  static func makeDirectory(_ path: String) throws(Fault) {
    if mkdir(path, 0o750) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw fault("could not make directory", path)
    }
    try makeDirectory(String(path[..<slash]))
    guard mkdir(path, 0o750) == 0 || errno == EEXIST else { throw fault("could not make directory", path) }
  }

  /// Makes the names in a directory durable.
  static func sync(directory path: String) throws(Fault) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("could not open directory", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw fault("could not sync directory", path) }
  }

  static func size(_ path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : nil
  }

  static func names(in directory: String) -> [String] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Removes a tree; what is gone already is no fault. Links are removed, not followed.
  static func remove(_ path: String) throws(Fault) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in names(in: path) { try remove("\(path)/\(name)") }
      guard rmdir(path) == 0 || errno == ENOENT else { throw fault("could not remove directory", path) }
    } else {
      guard unlink(path) == 0 || errno == ENOENT else { throw fault("could not remove", path) }
    }
  }

  /// Bytes of all files below a directory.
  static func usage(_ path: String) -> Int64 {
    var status = stat()
    guard lstat(path, &status) == 0 else { return 0 }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Int64(status.st_size) }
    return names(in: path).reduce(0) { $0 + usage("\(path)/\($1)") }
  }

  /// Bytes that an unprivileged writer can still use.
  static func free(_ path: String) -> Int64? {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? Int64(status.f_bavail) * Int64(status.f_frsize) : nil
  }

  /// Reads a file in order, 1 MiB at a time.
  static func read(_ path: String, each: (UnsafeRawBufferPointer) throws -> Void) throws(Fault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw fault("could not open", path) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw fault("could not read", path) }
      if count == 0 { return }
      do { try each(UnsafeRawBufferPointer(rebasing: buffer[..<count])) } catch {
        throw Fault.transient(.io, "could not read \(path): \(error)", effect: .none)
      }
    }
  }

  static func write(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, path: String) throws(Fault) {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw fault("could not write", path) }
      written += count
    }
  }
}
