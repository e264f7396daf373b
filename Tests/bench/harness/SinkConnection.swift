import Glibc

/// Serves one connection with blocking calls. The bytes of long bodies are dropped in the kernel: what a measurement
/// shows is the sender's.
struct SinkConnection {
  private static let longestKept = 64 * 1024
  private let socket: Int32
  private let backend: SinkBackend

  init(_ socket: Int32, _ backend: SinkBackend) {
    self.socket = socket
    self.backend = backend
  }

  func serve() {
    defer { close(socket) }
    var buffer = [UInt8](repeating: 0, count: 1024 * 1024)
    var held = 0
    while let head = readHead(&buffer, &held) {
      guard var request = parse(buffer[..<head]) else { return }
      if request.expectsContinue, held == head { send("HTTP/1.1 100 Continue\r\n\r\n") }
      let isKept = request.length <= Self.longestKept
      var kept = isKept ? Array(buffer[head..<min(held, head + request.length)]) : []
      var left = request.length - min(held - head, request.length)
      held = max(0, held - head - request.length)
      while left > 0 {
        let count =
          isKept
          ? recv(socket, &buffer, min(left, buffer.count), 0) : recv(socket, nil, min(left, 1 << 30), Int32(MSG_TRUNC))
        guard count > 0 else { return }
        if isKept { kept += buffer[..<count] }
        left -= count
      }
      request.body = String(decoding: kept, as: UTF8.self)
      let answer = backend.answer(request)
      send(answer.head() + (request.method == "HEAD" ? "" : answer.body))
      // Nobody here sends a request before the answer to the last one.
      if held > 0 { return }
    }
  }

  /// Returns how long the head is; `nil` at the end of the connection.
  private func readHead(_ buffer: inout [UInt8], _ held: inout Int) -> Int? {
    let blank = Array("\r\n\r\n".utf8)
    while true {
      if held >= 4 {
        for end in 4...min(held, 16 * 1024) where buffer[(end - 4)..<end].elementsEqual(blank) { return end }
      }
      guard held < 16 * 1024 else { return nil }
      let count = buffer.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + held, 64 * 1024, 0) }
      guard count > 0 else { return nil }
      held += count
    }
  }

  private func parse(_ head: ArraySlice<UInt8>) -> SinkRequest? {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = (lines.first ?? "").split(separator: " ")
    guard words.count == 3 else { return nil }
    var request = SinkRequest(method: String(words[0]), target: words[1])
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      request.take(line[..<colon].lowercased(), String(value))
    }
    return request
  }

  private func send(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.send(socket, bytes.baseAddress! + done, bytes.count - done, 0)
        guard count > 0 else { return }
        done += count
      }
    }
  }
}
