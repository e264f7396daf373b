import TrainControl
import TrainCore

/// What the events of a job have to be.
enum Story {
  /// - Parameter isReopened: it failed first, and an operator had it go on.
  static func problems(_ events: [EventView], end: JobState.Word, isReopened: Bool = false) -> [String] {
    var wrong: [String] = []
    if events.first?.from != "queued" { wrong.append("the story begins with \(events.first?.from ?? "nothing")") }
    if events.last?.to != end.rawValue { wrong.append("the story ends with \(events.last?.to ?? "nothing")") }
    for (one, next) in zip(events, events.dropFirst()) {
      if next.from != one.to {
        wrong.append("the story breaks: \(one.from) -> \(one.to), then \(next.from) -> \(next.to)")
      }
      if next.sequence <= one.sequence { wrong.append("event \(next.sequence) comes after \(one.sequence)") }
    }
    let ends = events.filter { $0.from != $0.to && JobState.Word(rawValue: $0.to)?.isTerminal == true }
    if end.isTerminal, ends.count != (isReopened ? 2 : 1) { wrong.append("it ended \(ends.count) times") }
    return wrong
  }
}
