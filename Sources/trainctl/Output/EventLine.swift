internal import TrainControl
internal import TrainCore

/// One event on one line.
enum EventLine {
  static func text(_ event: EventView) -> String {
    var words = [event.time.iso8601, event.job.description, "\(event.from) -> \(event.to)"]
    if let reason = event.reason { words.append(reason) }
    if event.attempt > 1 { words.append("attempt \(event.attempt)") }
    for (name, value) in event.detail.sorted(by: { $0.key < $1.key }) {
      words.append("\(name)=\(value.string ?? value.canonical)")
    }
    if let actor = event.actor { words.append("by \(actor.user)") }
    if let message = event.message { words.append("(\(message))") }
    return Escape.line(words.joined(separator: " "))
  }
}
