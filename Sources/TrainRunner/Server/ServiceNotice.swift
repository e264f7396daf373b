internal import Glibc

/// Tells the service manager about this process (sd_notify(3)), where there is one.
public enum ServiceNotice {
  public static func send(_ text: String) {
    guard let value = getenv("NOTIFY_SOCKET") else { return }
    var path = Array(String(cString: value).utf8)
    guard let first = path.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"),
      path.count <= UnixSocket.longestPath
    else { return }
    // A name of the abstract namespace.
    if first == UInt8(ascii: "@") { path[0] = 0 }
    let raw = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard raw >= 0 else { return }
    let descriptor = Descriptor(adopting: raw)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + socklen_t(path.count)
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = text.withCString { sendto(descriptor.raw, $0, strlen($0), Int32(MSG_NOSIGNAL), address, length) }
      }
    }
  }
}
