internal import Glibc
internal import TrainControl
internal import TrainCore

/// A table that is drawn again every second, and leaves the terminal as it was.
struct LiveTable {
  private static let period = Duration.seconds(1)

  var session: Session
  var source: WatchSource

  func run() throws(ControlError) {
    let signals = HeldSignals([SIGINT, SIGTERM, SIGHUP, SIGWINCH])
    var client = source
    client.client.timeout = .seconds(5)
    var backoff = ReconnectBackoff()
    // The cursor hides while the table is drawn over itself.
    session.console.raw("\u{1B}[?25l")
    defer {
      session.console.raw("\u{1B}[?25h")
      session.console.flush()
    }
    var drawn = 0
    while true {
      let (columns, rows) = session.console.size
      var lines: [String]
      var isOver = false
      do throws(ControlError) {
        let views = try client.read(limit: max(1, rows - 3))
        backoff.contact()
        lines = JobTable.table(views, now: session.now, bars: true).lines(width: columns - 1)
        if views.isEmpty { lines.append("no jobs") }
        isOver = source.isOver(views)
      } catch {
        try backoff.pause(after: error)
        lines = [String("waiting for traind: \(Escape.line(error.why))".prefix(columns - 1))]
      }
      draw(lines.prefix(max(1, rows - 1)), over: &drawn)
      if isOver { return }
      if let signal = signals.wait(Self.period), signal != SIGWINCH { return }
    }
  }

  private func draw(_ lines: ArraySlice<String>, over drawn: inout Int) {
    if drawn > 0 { session.console.raw("\u{1B}[\(drawn)A") }
    session.console.raw("\r\u{1B}[J")
    lines.forEach(session.console.line)
    drawn = lines.count
    session.console.flush()
  }
}

/// Signals as something to wait for, instead of something that interrupts.
private struct HeldSignals {
  private var set = sigset_t()

  init(_ signals: [Int32]) {
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// The signal that came, or `nil` when the time is up.
  func wait(_ limit: Duration) -> Int32? {
    var set = set
    let (seconds, attoseconds) = limit.components
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    let signal = sigtimedwait(&set, nil, &time)
    return signal > 0 ? signal : nil
  }
}
