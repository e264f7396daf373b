internal import TrainControl
internal import TrainCore

/// Jobs, one on each line.
struct JobTable {
  static let headers = ["JOB", "STATE", "ATTEMPT", "PROGRESS", "PROVIDER", "AGE", "CHANGED", "NOTE"]

  static func table(_ jobs: [JobView], now: Timestamp, bars: Bool = false) -> Table {
    var table = Table(headers)
    for job in jobs {
      table.add([
        job.id.description, state(job), String(job.attempt), progress(job, bar: bars), job.provider,
        Human.age(job.created, now: now), Human.age(job.changed, now: now), note(job),
      ])
    }
    return table
  }

  /// The state with its overlays: `queued (held)`.
  static func state(_ job: JobView) -> String {
    var overlays: [String] = []
    if job.held { overlays.append("held") }
    if job.unreachable { overlays.append("unreachable") }
    return overlays.isEmpty ? job.state.rawValue : "\(job.state.rawValue) (\(overlays.joined(separator: ", ")))"
  }

  /// Of the training, or of the uploads together.
  static func fraction(_ job: JobView) -> Double? {
    switch job.state {
    case .running, .submitted: return job.progress
    case .publishing:
      let total = job.publications.reduce(0) { $0 + ($1.bytesTotal ?? 0) }
      let sent = job.publications.reduce(0) { $0 + ($1.state == "committed" ? $1.bytesTotal ?? 0 : $1.bytesSent) }
      return total > 0 ? Double(sent) / Double(total) : nil
    case .queued, .submitting, .backingOff, .cancelling, .done, .failed, .cancelled: return nil
    }
  }

  static func progress(_ job: JobView, bar: Bool) -> String {
    guard let fraction = fraction(job) else { return bar ? "" : "-" }
    guard bar else { return Human.percent(fraction) }
    return "\(Human.bar(fraction)) \(Human.percent(fraction))"
  }

  /// Why it is where it is, or what the training says of itself.
  static func note(_ job: JobView) -> String {
    if let reason = job.reason { return reason + (job.message.map { ": \($0)" } ?? "") }
    if let message = job.message { return message }
    if job.state == .publishing {
      return job.publications.map { "\($0.registry) \($0.state)" }.joined(separator: ", ")
    }
    let metrics = job.metrics.sorted { $0.key < $1.key }.prefix(3).map { "\($0.key) \(Human.number($0.value))" }
    return ([job.status].compactMap(\.self) + metrics).joined(separator: ", ")
  }
}
