internal import Glibc

/// The system's user and group databases.
enum SystemNames {
  static func group(named name: String) -> UInt32? {
    withBuffer { buffer, size in
      var entry = Glibc.group()
      var found: UnsafeMutablePointer<Glibc.group>?
      let status = getgrnam_r(name, &entry, buffer, size, &found)
      return (status, found == nil ? nil : entry.gr_gid)
    }
  }

  /// The user's name, or the number as text when it has none.
  static func user(_ uid: UInt32) -> String {
    if uid == 0 { return "root" }
    let name: String? = withBuffer { buffer, size in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      let status = getpwuid_r(uid, &entry, buffer, size, &found)
      guard found != nil, let name = entry.pw_name else { return (status, nil) }
      return (status, String(cString: name))
    }
    return name ?? String(uid)
  }

  /// Calls `look` with a larger buffer for as long as it says ERANGE, up to 1 MiB: groups can have many members.
  private static func withBuffer<Value>(_ look: (UnsafeMutablePointer<CChar>, Int) -> (Int32, Value?)) -> Value? {
    var size = 4096
    while size <= 1 << 20 {
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      defer { buffer.deallocate() }
      let (status, value) = look(buffer, size)
      if status != ERANGE { return value }
      size *= 4
    }
    return nil
  }
}
