internal import Glibc

/// The processes of this machine, by what they were started with.
public enum ProcessTable {
  /// Ids of those with this text among their arguments.
  public static func mentioning(_ text: String) -> [Int32] {
    guard let handle = opendir("/proc") else { return [] }
    defer { closedir(handle) }
    var found: [Int32] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let pid = Int32(name), pid != getpid(), arguments(of: pid).contains(text) else { continue }
      found.append(pid)
    }
    return found
  }

  private static func arguments(of pid: Int32) -> String {
    let descriptor = open("/proc/\(pid)/cmdline", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)).map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
  }
}
