internal import NIOCore
internal import Synchronization

/// The connections of one server, to be closed with it.
final class LoopbackConnections: Sendable {
  private let open = Mutex<(channels: [any Channel], isClosed: Bool)>(([], false))

  func add(_ channel: any Channel) {
    let isClosed = open.withLock { open in
      if !open.isClosed { open.channels.append(channel) }
      return open.isClosed
    }
    if isClosed { channel.close(promise: nil) }
  }

  func close() {
    let channels = open.withLock { open in
      defer { open = ([], true) }
      return open.channels
    }
    for channel in channels { channel.close(promise: nil) }
  }
}
