internal import Glibc
internal import Logging
internal import NIOCore

/// On a listening channel: when no file descriptor is left to take a connection with, one that was kept for this takes it,
/// and the peer is told. Otherwise it would stay in the queue, and the event loop would be woken for it without end: NIO's
/// own backoff (2.101) has no effect there, since a failed accept leaves its read pending.
final class DescriptorShortage: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let listener: Int32
  private let refusal: [UInt8]
  private let logger: Logger
  private var spare = DescriptorShortage.anyDescriptor()
  /// Said once a minute at most.
  private var saysAgain: NIODeadline?

  /// - Parameters:
  ///   - listener: the channel's own descriptor.
  ///   - refusal: an answer, whole.
  init(listener: Int32, refusal: ByteBuffer, logger: Logger) {
    self.listener = listener
    self.refusal = Array(refusal.readableBytesView)
    self.logger = logger
  }

  deinit { close(spare) }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let failure = error as? IOError, failure.errnoCode == EMFILE || failure.errnoCode == ENFILE else {
      context.fireErrorCaught(error)
      return
    }
    refuse()
    guard saysAgain.map({ $0 <= .now() }) ?? true else { return }
    saysAgain = .now() + .minutes(1)
    logger.warning(
      "no file descriptor is left; connections to the control socket are refused",
      metadata: ["error": "\(failure)", "hint": "raise LimitNOFILE, or close what holds connections open"])
  }

  private func refuse() {
    close(spare)
    let peer = accept(listener, nil, nil)
    if peer >= 0 {
      // Its request is taken first: a close with bytes unread resets a connection, answer and all.
      var request = [UInt8](repeating: 0, count: 64 << 10)
      _ = recv(peer, &request, request.count, Int32(MSG_DONTWAIT))
      _ = send(peer, refusal, refusal.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      close(peer)
    }
    spare = Self.anyDescriptor()
  }

  private static func anyDescriptor() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
