/// One request and its answer on a connection of its own: HTTP/1.1 as the control server speaks it.
public final class HTTPExchange {
  /// Bytes of an answer's status line and headers.
  static let mostHead = 64 << 10

  public let status: Int
  public let contentType: String
  private let socket: ControlSocket
  private let timeout: Duration
  private let what: String
  private var input: [UInt8]
  private var at = 0
  private var framing: Framing

  private enum Framing {
    case length(Int)
    /// `left` of the present chunk.
    case chunk(left: Int, first: Bool)
    case untilClose
    case ended
  }

  init(
    socket: ControlSocket, method: String, target: String, body: [UInt8]?, contentType: String, timeout: Duration
  ) throws(ControlError) {
    let what = "\(method) \(target)"
    var head = "\(method) \(target) HTTP/1.1\r\nhost: traind\r\nconnection: close\r\n"
    if let body { head += "content-type: \(contentType)\r\ncontent-length: \(body.count)\r\n" }
    try socket.send(Array("\(head)\r\n".utf8))
    if let body { try socket.send(body) }
    var input: [UInt8] = []
    var answer = try Self.head(socket, &input, what: what, timeout: timeout)
    while (100..<200).contains(answer.status) { answer = try Self.head(socket, &input, what: what, timeout: timeout) }
    self.socket = socket
    self.timeout = timeout
    self.what = what
    self.input = input
    status = answer.status
    self.contentType = answer.headers["content-type"] ?? ""
    if answer.headers["transfer-encoding"]?.lowercased() == "chunked" {
      framing = .chunk(left: 0, first: true)
    } else if let length = answer.headers["content-length"] {
      guard let length = Int(length), length >= 0 else { throw Self.nonsense(what) }
      framing = .length(length)
    } else {
      framing = .untilClose
    }
  }

  private struct Head {
    var status: Int
    var headers: [String: String]
  }

  private static func head(
    _ socket: ControlSocket, _ input: inout [UInt8], what: String, timeout: Duration
  ) throws(ControlError) -> Head {
    let end = Array("\r\n\r\n".utf8)
    var searched = 0
    while true {
      if let found = input[max(0, searched - 3)...].firstRange(of: end) {
        let text = String(decoding: input[..<found.lowerBound], as: UTF8.self)
        input.removeFirst(found.upperBound)
        return try parse(text, what: what)
      }
      searched = input.count
      guard input.count <= mostHead else { throw nonsense(what) }
      guard let bytes = try socket.receive(within: timeout) else {
        throw ControlError(
          .tryAgain, what, "traind did not answer within \(timeout)",
          hint: "see trainctl status; whether it was done is not known")
      }
      guard !bytes.isEmpty else { throw goneAway(what) }
      input += bytes
    }
  }

  private static func parse(_ text: String, what: String) throws(ControlError) -> Head {
    let lines = text.split(separator: "\r\n")
    let words = lines.first?.split(separator: " ", maxSplits: 2) ?? []
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw nonsense(what) }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1)
      guard sides.count == 2 else { continue }
      headers[sides[0].lowercased()] = String(sides[1].drop { $0 == " " || $0 == "\t" })
    }
    return Head(status: status, headers: headers)
  }

  private static func nonsense(_ what: String) -> ControlError {
    ControlError(.unreachable, what, "what answers there does not speak HTTP", hint: "is --socket traind's socket?")
  }

  private static func goneAway(_ what: String) -> ControlError {
    ControlError(.unreachable, what, "traind went away before it answered", hint: "see systemctl status traind")
  }

  /// Some of the body.
  public enum Piece: Equatable, Sendable {
    case bytes([UInt8])
    /// Nothing came in time.
    case silence
    case end
  }

  /// - Throws: `.unreachable` when the connection breaks before the body's end.
  public func next(within limit: Duration? = nil) throws(ControlError) -> Piece {
    while true {
      switch framing {
      case .ended: return .end
      case .length(0):
        framing = .ended
        return .end
      case .length(let left):
        if let bytes = take(left) {
          framing = .length(left - bytes.count)
          return .bytes(bytes)
        }
        if try !fill(limit) { return .silence }
      case .untilClose:
        if let bytes = take(.max) { return .bytes(bytes) }
        guard let bytes = try socket.receive(within: limit ?? timeout) else { return .silence }
        if bytes.isEmpty { framing = .ended }
        refill(bytes)
      case .chunk(let left, let first):
        if left > 0, let bytes = take(left) {
          framing = .chunk(left: left - bytes.count, first: false)
          return .bytes(bytes)
        }
        if left == 0, let size = try chunkSize(first: first) {
          framing = size == 0 ? .ended : .chunk(left: size, first: false)
          continue
        }
        if try !fill(limit) { return .silence }
      }
    }
  }

  private func take(_ most: Int) -> [UInt8]? {
    guard at < input.count else { return nil }
    let end = at + min(most, input.count - at)
    defer { at = end }
    return Array(input[at..<end])
  }

  private func refill(_ bytes: [UInt8]) {
    if at == input.count { input = bytes } else { input = Array(input[at...]) + bytes }
    at = 0
  }

  /// `false` = nothing came in time.
  private func fill(_ limit: Duration?) throws(ControlError) -> Bool {
    guard let bytes = try socket.receive(within: limit ?? timeout) else { return false }
    guard !bytes.isEmpty else {
      throw ControlError(
        .unreachable, what, "the answer broke off before its end", hint: "see systemctl status traind")
    }
    refill(bytes)
    return true
  }

  /// Reads a chunk's first line when it is here whole; what follows a last chunk of 0 is not worth waiting for.
  private func chunkSize(first: Bool) throws(ControlError) -> Int? {
    var start = at
    if !first {
      guard input.count >= start + 2 else { return nil }
      guard input[start...].starts(with: [0x0D, 0x0A]) else { throw Self.nonsense(what) }
      start += 2
    }
    guard let end = input[start...].firstIndex(of: 0x0A) else {
      guard input.count - start < 256 else { throw Self.nonsense(what) }
      return nil
    }
    let digits = input[start..<end].prefix { $0 != 0x0D && $0 != UInt8(ascii: ";") }
    guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else {
      throw Self.nonsense(what)
    }
    at = end + 1
    return size
  }

  /// The whole body.
  /// - Parameter cap: bytes; more is an error that names it.
  public func body(cap: Int) throws(ControlError) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      switch try next() {
      case .end: return body
      case .silence:
        throw ControlError(.tryAgain, what, "the answer stopped for \(timeout)", hint: "see trainctl status")
      case .bytes(let bytes):
        guard body.count + bytes.count <= cap else {
          throw ControlError(.tooLarge, what, "the answer is larger than the cap of \(cap) bytes")
        }
        body += bytes
      }
    }
  }
}
