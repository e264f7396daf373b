internal import TrainControl
internal import TrainCore

/// Reads events in order, none twice and none left out, across restarts of the daemon.
struct EventFollower {
  /// The daemon sends a blank line far more often: silence this long means that nobody is there.
  private static let silence = Duration.seconds(45)

  private let client: ControlClient
  private let job: JobID?
  private let deadline: ContinuousClock.Instant?
  private(set) var after: Int64
  private var backoff: ReconnectBackoff
  private var lines: LineReader?

  /// - Parameter backoff: that of what went before, so that a restart in between is ridden out too.
  init(
    client: ControlClient, job: JobID?, after: Int64, deadline: ContinuousClock.Instant? = nil,
    backoff: ReconnectBackoff? = nil
  ) {
    self.client = client
    self.job = job
    self.after = after
    self.deadline = deadline
    self.backoff = backoff ?? ReconnectBackoff(deadline: deadline)
  }

  /// - Throws: `.tryAgain` when the deadline has passed.
  mutating func next() throws(ControlError) -> EventView {
    while true {
      do throws(ControlError) {
        let lines = try reader()
        var limit = Self.silence
        if let deadline { limit = max(.milliseconds(1), min(limit, ContinuousClock.now.duration(to: deadline))) }
        switch try lines.next(within: limit) {
        case .line(let line) where line.isEmpty: backoff.contact()
        case .line(let line):
          backoff.contact()
          let event = try EventView(try JSON.parse(line, what: "an event"))
          guard event.sequence > after else { continue }
          after = event.sequence
          return event
        case .silence:
          try ReconnectBackoff.check(deadline)
          throw ControlError(.unreachable, "follow events", "traind is silent", hint: "see systemctl status traind")
        case .end:
          throw ControlError(.unreachable, "follow events", "traind went away", hint: "see systemctl status traind")
        }
      } catch {
        lines = nil
        try ReconnectBackoff.check(deadline)
        try backoff.pause(after: error)
      }
    }
  }

  private mutating func reader() throws(ControlError) -> LineReader {
    if let lines { return lines }
    let query = [("after", String(after)), ("follow", "1"), ("job", job?.description)]
    let opened = LineReader(try client.open("GET", ControlPath.events, query))
    backoff.contact()
    lines = opened
    return opened
  }
}
