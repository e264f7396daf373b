internal import NIOCore
internal import Synchronization

/// Opens a tunnel through an HTTP proxy before anything behind it in the pipeline hears that the channel is active:
/// TLS and HTTP/2 then speak to the far side, end to end.
final class ProxyConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Why the last tunnel was not opened: gRPC's own errors do not tell.
  final class Trouble: Sendable {
    private let held = Mutex<String?>(nil)
    var text: String? {
      get { held.withLock { $0 } }
      set { held.withLock { $0 = newValue } }
    }
  }

  /// A proxy's answer has no reason to be longer.
  static let longestAnswer = 16 * 1024

  private let target: String
  private let authorization: Secret?
  private let trouble: Trouble
  private let idleTimeout: TimeAmount
  private var response = ByteBuffer()
  private var deadline: Scheduled<Void>?
  private var isOver = false

  /// - Parameters:
  ///   - target: `host:port`.
  ///   - authorization: the value of `proxy-authorization`.
  init(target: String, authorization: Secret?, trouble: Trouble, idleTimeout: TimeAmount = .seconds(10)) {
    self.target = target
    self.authorization = authorization
    self.trouble = trouble
    self.idleTimeout = idleTimeout
  }

  func channelActive(context: ChannelHandlerContext) {
    var request = "CONNECT \(target) HTTP/1.1\r\nhost: \(target)\r\n"
    if let authorization { request += "proxy-authorization: \(authorization.reveal())\r\n" }
    request += "\r\n"
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: idleTimeout) {
      let (handler, context) = bound.value
      handler.fail(context, "it did not answer CONNECT in time")
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return context.fireChannelRead(data) }
    var bytes = unwrapInboundIn(data)
    response.writeBuffer(&bytes)
    let view = response.readableBytesView
    guard let end = view.firstRange(of: [13, 10, 13, 10]) else {
      if response.readableBytes > Self.longestAnswer { fail(context, "its answer is too long") }
      return
    }
    let head = response.readString(length: end.upperBound - view.startIndex) ?? ""
    let status = head.prefix { $0 != "\r\n" && $0 != "\r" && $0 != "\n" }
    let words = status.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].hasPrefix("2"), words[1].count == 3 else {
      return fail(context, "it answered \"\(status.prefix(100))\"")
    }
    isOver = true
    trouble.text = nil
    deadline?.cancel()
    context.fireChannelActive()
    if response.readableBytes > 0 {
      context.fireChannelRead(wrapInboundOut(response))
      context.fireChannelReadComplete()
    }
    response = ByteBuffer()
    context.pipeline.syncOperations.removeHandler(self, promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !isOver { fail(context, "it closed the connection") }
    context.fireChannelInactive()
  }

  private func fail(_ context: ChannelHandlerContext, _ why: String) {
    guard !isOver else { return }
    isOver = true
    deadline?.cancel()
    trouble.text = "the proxy opened no tunnel to \(target): \(why)"
    context.close(promise: nil)
  }
}
