import Glibc
import Testing

@testable import TrainDaemon

/// A datagram socket that keeps what it is sent: what systemd is to a notifying service.
final class DatagramListener: Sendable {
  let path: String
  private let descriptor: Int32

  init(abstract: Bool = false) throws {
    var template = Array("/tmp/traind-test.XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    path = (abstract ? "@" : "") + directory + "/socket"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let address = try #require(UnixAddress(path))
    try #require(address.withSockaddr { bind(descriptor, $0, $1) } == 0)
  }

  /// Everything that arrived since the last call, in order.
  func received() -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return messages }
      messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
    }
  }

  /// Closes the socket and leaves its file behind, as a killed listener does.
  func stop() { close(descriptor) }
}
