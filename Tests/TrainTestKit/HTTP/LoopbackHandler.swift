internal import Glibc
internal import NIOCore
internal import NIOHTTP1

/// One connection: hands each request over and writes what comes back.
final class LoopbackHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let respond: @Sendable (LoopbackRequest) async throws -> LoopbackReply
  private var body: AsyncThrowingStream<ByteBuffer, any Error>.Continuation?

  init(_ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply) { self.respond = respond }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
      body = continuation
      Self.start(LoopbackRequest(head, body: stream), respond, on: context.channel)
    case .body(let buffer): body?.yield(buffer)
    case .end:
      body?.finish()
      body = nil
    }
  }

  private static func start(
    _ request: LoopbackRequest, _ respond: @escaping @Sendable (LoopbackRequest) async throws -> LoopbackReply,
    on channel: any Channel
  ) {
    Task {
      do {
        try await write(try await respond(request), to: channel)
      } catch {
        channel.close(promise: nil)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    body?.finish(throwing: ChannelError.eof)
    body = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private static func write(_ reply: LoopbackReply, to channel: any Channel) async throws {
    switch reply {
    case .answer(let status, let headers, let body):
      // An answer to a HEAD names the length of what it does not hold.
      let isNamed = headers.contains { $0.0.lowercased() == "content-length" }
      let length = isNamed ? [] : [("content-length", "\(body.readableBytes)")]
      try await write(status, headers + length, body, to: channel)
      try await channel.writeAndFlush(HTTPServerResponsePart.end(nil))
    case .truncated(let status, let headers, let promised, let body):
      try await write(status, headers + [("content-length", "\(promised)")], body, to: channel)
      try await channel.close()
    case .reset:
      // No lingering: the close becomes a reset.
      try? await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
      try await channel.close()
    case .silence: break
    }
  }

  private static func write(
    _ status: Int, _ headers: [(String, String)], _ body: ByteBuffer, to channel: any Channel
  ) async throws {
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: HTTPHeaders(headers))
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    try await channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(body)))
  }
}
