internal import Glibc

/// The address of a Unix socket: a path, or `@name` in the abstract namespace, as `$NOTIFY_SOCKET` is written.
struct UnixAddress: Sendable {
  private let storage: sockaddr_un
  private let length: socklen_t

  /// `nil` when the text is empty, too long for the kernel (108 bytes with its end), or of another kind.
  init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard bytes.count > 1, !bytes.contains(0) else { return nil }
    let isAbstract = bytes[0] == UInt8(ascii: "@")
    guard isAbstract || bytes[0] == UInt8(ascii: "/") else { return nil }
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    storage = address
    length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
  }

  func withSockaddr<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
