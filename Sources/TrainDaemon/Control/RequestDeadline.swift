internal import NIOCore
internal import Synchronization

/// Closes a connection whose peer takes too long to send its request, or to take its answer.
final class RequestDeadline: Sendable {
  private let channel: any Channel
  private let pending = Mutex<Scheduled<Void>?>(nil)

  init(_ channel: any Channel) { self.channel = channel }

  func arm(_ time: Duration) {
    let channel = channel
    let scheduled = channel.eventLoop.scheduleTask(in: TimeAmount(time)) { channel.close(promise: nil) }
    replace(with: scheduled)
  }

  func disarm() { replace(with: nil) }

  private func replace(with next: Scheduled<Void>?) {
    let last = pending.withLock { pending in
      let last = pending
      pending = next
      return last
    }
    last?.cancel()
  }
}
