import HeapModule
import TrainCore

/// Gives the slots of one connection to the jobs that wait for them, in the order they were accepted.
actor SlotScheduler {
  private let limit: Int?
  private let admit: @Sendable (JobID) async -> Void
  private var waiting: [Int64: JobID] = [:]
  /// Numbers in order; those no longer in `waiting` are dropped when they come up.
  private var line = Heap<Int64>()
  private var holding: Set<JobID> = []
  private var paused: Set<String> = []

  init(limit: Int?, admit: @escaping @Sendable (JobID) async -> Void) {
    self.limit = limit
    self.admit = admit
  }

  var load: (waiting: Int, holding: Int) { (waiting.count, holding.count) }

  /// Jobs that hold slots from before, told before anybody asks for one.
  func occupy(_ jobs: [JobID]) { holding.formUnion(jobs) }

  /// A job's wants after each of its steps.
  func update(_ job: JobID, number: Int64, waits: Bool, holds: Bool) async {
    if holds { holding.insert(job) } else { holding.remove(job) }
    if waits, waiting.updateValue(job, forKey: number) == nil { line.insert(number) }
    if !waits { waiting[number] = nil }
    await assign()
  }

  /// Takes no new work while any reason (draining, a full disk) stands.
  func pause(_ reason: String, _ isPaused: Bool) async {
    if isPaused { paused.insert(reason) } else { paused.remove(reason) }
    await assign()
  }

  private func assign() async {
    while paused.isEmpty, holding.count < limit ?? .max, let number = line.popMin() {
      guard let job = waiting.removeValue(forKey: number) else { continue }
      // The slot is taken now; the job's own update gives it back if it did not want it after all.
      holding.insert(job)
      await admit(job)
    }
  }
}
