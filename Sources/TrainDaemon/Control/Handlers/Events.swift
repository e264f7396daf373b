internal import NIOCore
internal import TrainControl
internal import TrainCore

extension Route {
  /// One event on each line; with `follow`, also those to come, and a blank line now and then.
  static let events = Route(get: "/v1/events", query: ["after", "job", "follow", "limit"]) {
    call, daemon throws(ControlError) in
    var feed = EventFeed(
      daemon: daemon, job: call.query["job"].map { JobID($0) }, after: try call.number("after", atLeast: 0) ?? 0,
      left: try call.number("limit", atLeast: 1) ?? .max, page: call.limits.page)
    // Before the first page is read: what comes in between wakes the stream.
    let news = try call.flag("follow") ? await daemon.newEvents() : nil
    // Before the answer's head: a job that is not there is an error, not an empty stream.
    let first = try await feed.next()
    let start = feed
    return .stream(
      Response.Stream(contentType: "application/x-ndjson") { write in
        var feed = start
        if !first.isEmpty { try await write(EventFeed.text(first)) }
        try await feed.writeAll(write)
        guard let news else { return }
        let heartbeat = call.limits.heartbeat
        try await Wakes.following(news, stop: call.stop, heartbeat: heartbeat) { wakes in
          var written = ContinuousClock.now
          for await _ in wakes where !feed.isDone {
            if try await feed.writeAll(write) {
              written = .now
            } else if written.duration(to: .now) >= heartbeat {
              try await write(ByteBuffer(string: "\n"))
              written = .now
            }
            if feed.isDone { return }
          }
        }
      })
  }
}
