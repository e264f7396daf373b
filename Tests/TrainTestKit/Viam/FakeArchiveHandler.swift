internal import FoundationEssentials
internal import Glibc
internal import NIOCore
internal import Synchronization

/// One connection of ``FakeArchives``.
final class FakeArchiveHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let archives: FakeArchives
  private var received = ""

  init(archives: FakeArchives) { self.archives = archives }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received += String(buffer: unwrapInboundIn(data))
    while let end = received.firstRange(of: "\r\n\r\n") {
      let head = String(received[..<end.lowerBound])
      received = String(received[end.upperBound...])
      answer(parse(head), context)
    }
  }

  private func parse(_ head: String) -> FakeArchives.Request {
    let lines = head.split(separator: "\r\n")
    let words = lines[0].split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    return .init(method: String(words[0]), path: String(words[1]), headers: headers)
  }

  private func answer(_ request: FakeArchives.Request, _ context: ChannelHandlerContext) {
    let plan = archives.state.withLock { state -> (State, FakeArchives.Trouble?) in
      state.requests.append(request)
      var status = state.statuses.isEmpty ? nil : state.statuses.removeFirst()
      if state.isHeadRefused, request.method == "HEAD" { status = 403 }
      let trouble = request.method == "GET" && !state.troubles.isEmpty ? state.troubles.removeFirst() : nil
      return (
        State(
          status: status, redirect: state.redirect, bytes: state.files[request.path], type: state.contentType,
          hashes: state.hashes, padded: state.paddedHash),
        trouble
      )
    }
    let (state, trouble) = plan
    if let status = state.status { return send(context, status, []) }
    if let redirect = state.redirect { return send(context, 302, ["location: \(redirect)\(request.path)"]) }
    guard let bytes = state.bytes else { return send(context, 404, []) }
    var headers = ["content-type: \(state.type)", "accept-ranges: bytes", "etag: \"\(bytes.count)\""]
    if state.hashes {
      let crc = CRC32C.of(bytes)
      var raw = (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * UInt32($0))) }
      if state.padded { raw = [0, 0] + raw }
      headers.append("x-goog-hash: crc32c=\(Data(raw).base64EncodedString())")
      headers.append("x-goog-hash: something=else")
    }
    if request.method == "HEAD" { return send(context, 200, headers, length: bytes.count) }
    var start = 0
    var end = bytes.count
    if let range = request.headers["range"], trouble != .ignoreRange {
      let bounds = range.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
      start = Int(bounds[0]) ?? 0
      if let last = Int(bounds[1]) { end = min(end, last + 1) }
      if trouble == .wrongRange { start -= 1 }
      if start >= bytes.count { return send(context, 416, ["content-range: bytes */\(bytes.count)"]) }
      headers.append("content-range: bytes \(start)-\(end - 1)/\(bytes.count)")
    }
    let status = headers.contains { $0.hasPrefix("content-range") } ? 206 : 200
    send(context, status, headers, body: Array(bytes[start..<end]), trouble)
  }

  private struct State {
    var status: Int?
    var redirect: String?
    var bytes: [UInt8]?
    var type: String
    var hashes: Bool
    var padded: Bool
  }

  private func send(
    _ context: ChannelHandlerContext, _ status: Int, _ headers: [String], body: [UInt8] = [], length: Int? = nil,
    _ trouble: FakeArchives.Trouble? = nil
  ) {
    let lines = ["HTTP/1.1 \(status) x", "content-length: \(length ?? body.count)"] + headers
    var body = body
    var buffer = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
    var isReset = false
    var isClosed = false
    switch trouble {
    case .cut(let after):
      body = Array(body.prefix(after))
      isClosed = true
    case .reset(let after):
      body = Array(body.prefix(after))
      (isClosed, isReset) = (true, true)
    case .stall(let after): body = Array(body.prefix(after))
    case .corrupt: body[body.count / 2] ^= 1
    case .ignoreRange, .wrongRange, nil: break
    }
    archives.state.withLock { $0.served += body.count }
    buffer.writeBytes(body)
    let sent = context.writeAndFlush(wrapOutboundOut(buffer))
    guard isClosed else { return }
    let channel = context.channel
    sent.whenComplete { [isReset] _ in
      if isReset {
        (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
          .whenComplete { _ in channel.close(promise: nil) }
      } else {
        channel.close(promise: nil)
      }
    }
  }
}
