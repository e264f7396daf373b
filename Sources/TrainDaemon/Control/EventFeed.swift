internal import NIOCore
internal import TrainControl
internal import TrainCore

/// Pages through the stored events; what a slow reader has not taken yet stays in the store.
struct EventFeed: Sendable {
  let daemon: any DaemonOperations
  let job: JobID?
  private(set) var after: Int64
  /// How many more are wanted.
  private(set) var left: Int64
  let page: Int

  init(daemon: any DaemonOperations, job: JobID?, after: Int64, left: Int64, page: Int) {
    self.daemon = daemon
    self.job = job
    self.after = after
    self.left = left
    self.page = page
  }

  var isDone: Bool { left == 0 }

  /// The next page; empty when there is nothing now.
  mutating func next() async throws(ControlError) -> [EventView] {
    guard left > 0 else { return [] }
    let events = try await daemon.events(after: after, job: job, limit: Int(min(left, Int64(page))))
    after = events.last?.sequence ?? after
    left -= min(left, Int64(events.count))
    return events
  }

  /// Writes all that there is now; returns whether that was anything.
  @discardableResult
  mutating func writeAll(_ write: Response.Stream.Write) async throws -> Bool {
    var wrote = false
    while true {
      let events = try await next()
      if events.isEmpty { return wrote }
      try await write(Self.text(events))
      wrote = true
    }
  }

  static func text(_ events: [EventView]) -> ByteBuffer {
    var buffer = ByteBuffer()
    for event in events { buffer.writeBytes(event.json.wireBytes + [0x0A]) }
    return buffer
  }
}
