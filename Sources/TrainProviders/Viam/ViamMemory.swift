internal import TrainCore
internal import ViamAPI

/// What the provider remembers between calls. Losing it costs a grace or a call, nothing else.
actor ViamMemory {
  /// How long a finished training's package may take to appear.
  static let packageGrace = Duration.seconds(600)
  /// Jobs that are followed; beyond it the oldest knowledge goes.
  private static let most = 100_000

  private let time: any TimeSource
  let grace: Duration
  /// Monotonic, by id.
  private var firstAbsent: [String: Duration] = [:]
  /// Jobs that were asked to stop, or seen stopping.
  private var stopping: Set<String> = []

  init(time: any TimeSource, grace: Duration) {
    self.time = time
    self.grace = grace
  }

  func saw(_ id: String) { firstAbsent[id] = nil }

  /// Notes that `id` was not there; says whether that has lasted.
  func isAbsent(_ id: String, longerThan grace: Duration) -> Bool {
    let now = time.monotonic
    if firstAbsent.count >= Self.most, firstAbsent[id] == nil { firstAbsent.removeAll() }
    let first = firstAbsent[id, default: now]
    firstAbsent[id] = first
    return now - first >= grace
  }

  func isStopping(_ id: String) {
    if stopping.count >= Self.most { stopping.removeAll() }
    stopping.insert(id)
  }

  func saw(_ jobs: [ViamProvider.Job]) {
    for job in jobs {
      firstAbsent[job.id] = nil
      if job.status == .canceling { isStopping(job.id) } else if job.isOver { stopping.remove(job.id) }
    }
  }

  func stopping(among ids: Set<String>) -> Bool { !stopping.isDisjoint(with: ids) }
}
