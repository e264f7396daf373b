internal import TrainControl
internal import TrainCore

/// A line for each job as it is, then one for each event.
struct PlainWatch {
  var session: Session
  var source: WatchSource

  func run() throws(ControlError) {
    let status: StatusView = try session.client.get("/v1/status").value()
    let views = try source.read(limit: nil)
    for job in views { write(job) }
    session.console.flush()
    if source.isOver(views) { return }
    var open = Set(views.filter { !$0.state.isTerminal }.map(\.id))
    let watched = Set(source.jobs)
    var backoff = ReconnectBackoff()
    backoff.contact()
    var events = EventFollower(
      client: session.client, job: source.jobs.count == 1 ? source.jobs[0] : nil, after: status.sequence,
      backoff: backoff)
    while true {
      let event = try events.next()
      guard watched.isEmpty || watched.contains(event.job) else { continue }
      switch session.format {
      case .table: session.console.line(EventLine.text(event))
      case .json, .jsonl: session.console.json(event.json)
      }
      session.console.flush()
      if JobState.Word(rawValue: event.to)?.isTerminal == true { open.remove(event.job) }
      if !watched.isEmpty && open.isEmpty { return }
    }
  }

  private func write(_ job: JobView) {
    guard session.format == .table else { return session.console.json(job.json) }
    let progress = JobTable.progress(job, bar: false)
    session.console.line(
      Escape.line("\(job.changed.iso8601) \(job.id) \(JobTable.state(job)) \(progress) \(JobTable.note(job))"))
  }
}
