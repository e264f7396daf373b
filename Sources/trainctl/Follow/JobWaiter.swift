internal import TrainControl
internal import TrainCore

/// Waits until jobs have got somewhere, or have ended elsewhere.
struct JobWaiter {
  enum Outcome: Equatable {
    case reached
    case ended(JobState.Word)

    /// As `wait` documents it; of several, the worst counts.
    var exitCode: Int32 {
      switch self {
      case .reached: 0
      case .ended(.failed): 10
      case .ended(.cancelled): 11
      case .ended: 1
      }
    }
  }

  var client: ControlClient
  var goal: JobState.Word
  var deadline: ContinuousClock.Instant?

  /// - Parameter settled: told of each job when its outcome is known.
  func wait(for jobs: [JobID], settled: (JobID, JobState.Word, Outcome) -> Void) throws(ControlError) -> Int32 {
    var backoff = ReconnectBackoff(deadline: deadline)
    var pending = Set(jobs)
    var worst: Int32 = 0
    func note(_ job: JobID, _ state: JobState.Word) {
      guard let outcome = outcome(state), pending.remove(job) != nil else { return }
      settled(job, state, outcome)
      worst = [10, 11, 1, 0].first { $0 == worst || $0 == outcome.exitCode } ?? worst
    }
    var sequence: Int64?
    while sequence == nil {
      do throws(ControlError) {
        // Before the jobs: what happens after this is in the events.
        let status: StatusView = try client.get("/v1/status").value()
        for job in jobs where pending.contains(job) {
          let view: JobView = try client.get(ControlPath.job(job), [("watch", "1")]).value()
          backoff.contact()
          note(job, view.state)
        }
        sequence = status.sequence
      } catch {
        try backoff.pause(after: error)
      }
    }
    var events = EventFollower(
      client: client, job: jobs.count == 1 ? jobs[0] : nil, after: sequence ?? 0, deadline: deadline,
      backoff: backoff)
    while !pending.isEmpty {
      let event = try events.next()
      if let state = JobState.Word(rawValue: event.to) { note(event.job, state) }
    }
    return worst
  }

  func outcome(_ state: JobState.Word) -> Outcome? {
    if state == goal { return .reached }
    if let wanted = Self.order.firstIndex(of: goal), let now = Self.order.firstIndex(of: state), now > wanted {
      return .reached
    }
    return state.isTerminal ? .ended(state) : nil
  }

  /// A job that has got further has been there: short states are passed between two looks.
  private static let order: [JobState.Word] = [.queued, .submitting, .submitted, .running, .publishing, .done]
}
