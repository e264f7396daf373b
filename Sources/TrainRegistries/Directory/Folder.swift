internal import Glibc
internal import TrainCore
internal import TrainTransport

/// An open directory. Everything below it is reached by single names, and no symbolic link is followed.
struct Folder: ~Copyable {
  let descriptor: Descriptor
  var path: String { descriptor.name }

  /// Opens a directory by its path, following links: the path is the operator's.
  init(opening path: String) throws(Fault) {
    descriptor = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
  }

  private init(_ name: String, in parent: borrowing Folder) throws(Fault) {
    descriptor = try Descriptor(opening: name, in: parent.descriptor, O_RDONLY | O_DIRECTORY)
  }

  /// The folder of that name, which must be there.
  func folder(_ name: String) throws(Fault) -> Folder { try Folder(name, in: self) }

  /// The folder of that name, made if it is not there.
  func made(_ name: String) throws(Fault) -> Folder {
    if mkdirat(descriptor.number, name, 0o755) == 0 {
      try synchronize()
    } else if errno != EEXIST {
      throw .ofErrno(errno, "making the directory \(path)/\(name)")
    }
    return try folder(name)
  }

  /// Makes a folder that must not be there yet.
  func new(_ name: String) throws(Fault) -> Folder {
    guard mkdirat(descriptor.number, name, 0o755) == 0 else {
      throw .ofErrno(errno, "making the directory \(path)/\(name)")
    }
    return try folder(name)
  }

  func file(_ name: String, _ flags: Int32) throws(Fault) -> Descriptor {
    try Descriptor(opening: name, in: descriptor, flags, mode: 0o644)
  }

  /// What is there under that name itself (no link is followed); `nil` when there is nothing.
  func status(of name: String) throws(Fault) -> Descriptor.Status? {
    var raw = stat()
    guard fstatat(descriptor.number, name, &raw, AT_SYMLINK_NOFOLLOW) == 0 else {
      if errno == ENOENT { return nil }
      throw .ofErrno(errno, "looking at \(path)/\(name)")
    }
    return Descriptor.Status(mode: raw.st_mode, bytes: Int64(raw.st_size))
  }

  /// Makes a symbolic link that must not be there yet.
  func link(_ name: String, to target: String) throws(Fault) {
    guard symlinkat(target, descriptor.number, name) == 0 else {
      throw .ofErrno(errno, "making the link \(path)/\(name)")
    }
  }

  /// Puts what is called `name` in the place of `other`.
  func rename(_ name: String, over other: String) throws(Fault) {
    guard renameat(descriptor.number, name, descriptor.number, other) == 0 else {
      throw .ofErrno(errno, "renaming \(path)/\(name) to \(other)")
    }
  }

  /// Makes the names in it durable.
  func synchronize() throws(Fault) { try descriptor.synchronize() }

  /// Bytes that may still be written by us; `nil` where the file system does not say.
  var free: Int64? {
    var raw = statvfs()
    guard fstatvfs(descriptor.number, &raw) == 0 else { return nil }
    return Int64(clamping: UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_frsize)).partialValue)
  }

  /// Removes a folder and all below it. What is not there is no fault.
  func remove(_ name: String) throws(Fault) {
    guard let status = try status(of: name) else { return }
    if status.isDirectory {
      let inner = try folder(name)
      for entry in try inner.names() { try inner.remove(entry) }
    }
    if unlinkat(descriptor.number, name, status.isDirectory ? Int32(AT_REMOVEDIR) : 0) != 0, errno != ENOENT {
      throw .ofErrno(errno, "removing \(path)/\(name)")
    }
  }

  func names() throws(Fault) -> [String] {
    // fdopendir takes its descriptor over, so it gets one of its own.
    let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { throw .ofErrno(errno, "listing \(path)") }
    guard let stream = fdopendir(number) else {
      let code = errno
      close(number)
      throw .ofErrno(code, "listing \(path)")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
