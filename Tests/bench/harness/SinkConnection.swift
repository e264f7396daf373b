import Glibc

struct SinkRequest {
  var method = ""
  var path = ""
  var length = 0
  /// The byte after the last, as `Content-Range` has it.
  var end = 0
  var expectsContinue = false
  /// Only of small JSON requests.
  var body = ""
}

/// Serves one connection with blocking calls; bodies are read into one buffer, again and again.
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
      let isKept = request.method == "POST" && request.length <= Self.longestKept
      var kept = isKept ? Array(buffer[head..<min(held, head + request.length)]) : []
      var left = request.length - min(held - head, request.length)
      held = max(0, held - head - request.length)
      while left > 0 {
        let count = recv(socket, &buffer, min(left, buffer.count), 0)
        guard count > 0 else { return }
        if isKept { kept += buffer[..<count] }
        left -= count
      }
      request.body = String(decoding: kept, as: UTF8.self)
      let answer = backend.answer(request)
      let text = answer ?? #"{"detail":"Not found."}"#
      let status = answer == nil ? "404 Not Found" : "200 OK"
      send(
        "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
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
    var request = SinkRequest(method: String(words[0]), path: String(words[1]))
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      switch line[..<colon].lowercased() {
      case "content-length": request.length = Int(value) ?? 0
      case "content-range":
        let last = value.drop { $0 != "-" }.dropFirst().prefix { $0 != "/" }
        request.end = (Int(last) ?? -1) + 1
      case "expect": request.expectsContinue = true
      default: break
      }
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
