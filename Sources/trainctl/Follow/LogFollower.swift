internal import TrainControl
internal import TrainCore

/// Prints a training's output page by page, and what comes after, until it ends.
struct LogFollower {
  private static let pause = Duration.seconds(1)

  var session: Session
  var path: String
  var follow: Bool
  /// Control sequences of the training reach the terminal.
  var isRaw = false

  func run() throws(ControlError) {
    var backoff = ReconnectBackoff()
    var cursor: String?
    var collected = ""
    while true {
      var page: LogView
      do throws(ControlError) {
        page = try session.client.get(path, [("cursor", cursor)]).value()
        backoff.contact()
      } catch {
        guard follow else { throw error }
        try backoff.pause(after: error)
        continue
      }
      switch session.format {
      case .table: show(page.text)
      case .jsonl: if !page.text.isEmpty { session.console.json(page.json) }
      case .json where follow: if !page.text.isEmpty { session.console.json(page.json) }
      case .json: collected += page.text
      }
      // A page that leads nowhere ends the story rather than being read for ever.
      let isStuck = page.hasMore && page.next == cursor
      cursor = page.next ?? cursor
      if page.hasMore && !isStuck { continue }
      if !follow || page.ended {
        if session.format == .json && !follow {
          page.text = collected
          session.console.json(page.json)
        }
        return
      }
      session.console.flush()
      ReconnectBackoff.sleep(Self.pause)
    }
  }

  private func show(_ text: String) {
    session.console.raw(session.console.isTerminal && !isRaw ? Escape.output(text) : text)
  }
}
