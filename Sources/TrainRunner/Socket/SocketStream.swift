internal import Glibc

/// Lines and bodies over a non-blocking socket, by one thread, each within a deadline.
struct SocketStream: ~Copyable {
  private let socket: Descriptor
  private var buffer: [UInt8] = []

  init(_ socket: Descriptor) { self.socket = socket }

  /// The next line without its line break; `nil` when the peer has closed before it began one.
  mutating func line(limit: Int, by deadline: Deadline) throws(RunnerError) -> [UInt8]? {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        return line
      }
      searched = buffer.count
      guard buffer.count < limit else {
        throw RunnerError(.badRequest, "a message is longer than \(limit) bytes")
      }
      guard try fill(by: deadline) else {
        guard buffer.isEmpty else { throw RunnerError(.disconnected, "the connection ended in the middle of a message") }
        return nil
      }
    }
  }

  mutating func body(_ count: Int, by deadline: Deadline) throws(RunnerError) -> [UInt8] {
    while buffer.count < count {
      guard try fill(by: deadline) else {
        throw RunnerError(.disconnected, "the connection ended in the middle of a body")
      }
    }
    let body = Array(buffer[..<count])
    buffer.removeSubrange(..<count)
    return body
  }

  func write(_ bytes: [UInt8], by deadline: Deadline) throws(RunnerError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = retrying {
        rest.withUnsafeBytes { send(socket.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, by: deadline)
      } else {
        throw RunnerError(.disconnected, "writing to the socket: \(RunnerError.text(of: errno))")
      }
    }
  }

  /// Waits until the peer wrote or closed.
  func waitForInput(by deadline: Deadline) throws(RunnerError) {
    if buffer.isEmpty { try wait(for: POLLIN, by: deadline) }
  }

  /// Reads what is there; false at the end.
  private mutating func fill(by deadline: Deadline) throws(RunnerError) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = retrying { chunk.withUnsafeMutableBytes { recv(socket.raw, $0.baseAddress, $0.count, 0) } }
      if count > 0 {
        buffer += chunk[..<count]
        return true
      }
      if count == 0 { return false }
      guard errno == EAGAIN else {
        throw RunnerError(.disconnected, "reading from the socket: \(RunnerError.text(of: errno))")
      }
      try wait(for: POLLIN, by: deadline)
    }
  }

  private func wait(for events: Int32, by deadline: Deadline) throws(RunnerError) {
    var entry = pollfd(fd: socket.raw, events: Int16(events), revents: 0)
    let count = retrying { poll(&entry, 1, deadline.millisecondsLeft) }
    if count < 0 { throw .system("waiting for the socket") }
    // poll may be asked with no time left and still find something.
    if count == 0 && deadline.hasPassed { throw RunnerError(.timeout, "no answer in time") }
  }
}
