internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// An HTTP proxy on a loopback port that knows CONNECT only. Every name leads to this machine.
public final class FakeProxy: Sendable {
  struct State {
    var port = 0
    var channel: (any Channel)?
    /// The head of each request.
    var requests: [String] = []
    var refusal: String?
  }

  let state = Mutex(State())

  public init() {}

  public var requests: [String] { state.withLock { $0.requests } }
  public var address: String { "127.0.0.1:\(state.withLock { $0.port })" }
  /// Answers this line instead of opening a tunnel, as `HTTP/1.1 403 Forbidden`.
  public func refuse(with line: String) { state.withLock { $0.refusal = line } }

  public func start() async throws {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeProxyHandler(proxy: self))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    state.withLock {
      $0.channel = channel
      $0.port = channel.localAddress?.port ?? 0
    }
  }

  public func stop() async throws { try await state.withLock { $0.channel }?.close() }
}

/// The client's side of one tunnel.
final class FakeProxyHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let proxy: FakeProxy
  private var head = ""
  private var upstream: (any Channel)?
  private var early: [ByteBuffer] = []
  private var isConnecting = false

  init(proxy: FakeProxy) { self.proxy = proxy }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    if let upstream {
      upstream.writeAndFlush(bytes, promise: nil)
    } else if isConnecting {
      early.append(bytes)
    } else {
      head += String(buffer: bytes)
      if head.hasSuffix("\r\n\r\n") { connect(context) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) { upstream?.close(promise: nil) }

  private func connect(_ context: ChannelHandlerContext) {
    isConnecting = true
    let refusal = proxy.state.withLock {
      $0.requests.append(head)
      return $0.refusal
    }
    if let refusal {
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      return context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "\(refusal)\r\n\r\n"))).assumeIsolated()
        .whenComplete { _ in bound.value.close(promise: nil) }
    }
    let port = head.split(separator: " ")[1].split(separator: ":").last.flatMap { Int($0) } ?? 0
    let client = context.channel
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    ClientBootstrap(group: context.eventLoop)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(FakeProxyReturn(client: client))
        }
      }
      .connect(host: "127.0.0.1", port: port)
      .whenComplete { result in
        let (handler, context) = bound.value
        guard case .success(let upstream) = result else {
          context.close(promise: nil)
          return
        }
        handler.upstream = upstream
        context.writeAndFlush(
          handler.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 200 go\r\nvia: x\r\n\r\n")), promise: nil)
        for bytes in handler.early { upstream.writeAndFlush(bytes, promise: nil) }
        handler.early = []
      }
  }
}

/// The far side of one tunnel.
final class FakeProxyReturn: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let client: any Channel

  init(client: any Channel) { self.client = client }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    client.writeAndFlush(unwrapInboundIn(data), promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) { client.close(promise: nil) }
}
