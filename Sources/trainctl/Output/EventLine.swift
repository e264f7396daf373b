internal import TrainControl
internal import TrainCore

/// One event on one line.
enum EventLine {
  static func text(_ event: EventView) -> String {
    var detail = event.detail
    var message = event.message
    var words = [event.time.iso8601, event.job.description, what(event, &detail, &message)]
    if let reason = event.reason { words.append(reason) }
    if event.attempt > 1 { words.append("attempt \(event.attempt)") }
    for (name, value) in detail.sorted(by: { $0.key < $1.key }) {
      words.append("\(name)=\(value.string ?? value.canonical)")
    }
    if let actor = event.actor { words.append("by \(actor.user)") }
    if let message { words.append("(\(message))") }
    return Escape.line(words.joined(separator: " "))
  }

  /// What happened, and out of `detail` and `message` what that has told. The whole is in the JSON.
  private static func what(_ event: EventView, _ detail: inout [String: JSON], _ message: inout String?) -> String {
    // One is the spec's fingerprint, the other is there again in what follows.
    detail["identity"] = nil
    guard event.from == event.to else {
      if detail["remote_id"] != nil && event.to != "submitted" { detail["remote_id"] = nil }
      return "\(event.from) -> \(event.to)"
    }
    if let registry = detail.removeValue(forKey: "registry")?.string {
      let state = detail.removeValue(forKey: "publication")?.string ?? event.to
      let sent = detail.removeValue(forKey: "bytes_sent")?.int, total = detail.removeValue(forKey: "bytes_total")?.int
      detail["digest"] = nil
      guard let sent, let total, sent < total else { return "\(registry): \(state)" }
      return "\(registry): \(state), \(sent) of \(total) bytes sent"
    }
    if let artifact = detail.removeValue(forKey: "artifact")?.string {
      let bytes = detail.removeValue(forKey: "bytes_total")?.int
      return "artifact \(artifact)" + (bytes.map { ", \($0) bytes" } ?? "")
    }
    // A step that changes no state says itself what it was.
    defer { message = nil }
    return message ?? event.to
  }
}
