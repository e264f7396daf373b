import HeapModule
import TrainCore

/// Where sleeping jobs wait. One heap and one sleeping task for all of them.
///
/// Deadlines are stored as wall-clock time and waited for on the monotonic clock: how long is left is worked out when a
/// deadline is set, so a later jump of the wall clock neither fires nor stalls it. A deadline that lies further ahead
/// than it can ever have been set was stored under another wall clock: it is waited for no longer than that.
actor DeadlineQueue {
  struct Wake {
    var wake: JobWake
    var atMost: Duration

    init(_ wake: JobWake, atMost: Duration) {
      self.wake = wake
      self.atMost = atMost
    }
  }

  private struct Entry: Comparable {
    var due: Duration
    var order: Int
    var job: JobID
    var wake: JobWake
    static func < (a: Entry, b: Entry) -> Bool { (a.due, a.order) < (b.due, b.order) }
  }

  /// Wakes closer together than this are served together.
  private let quantum = Duration.milliseconds(100)
  private let time: any TimeSource
  private var heap = Heap<Entry>()
  /// What is still wanted: entries of the heap that are not in here are dropped when their time comes.
  private var live: [JobID: [JobWake: Int]] = [:]
  private var order = 0
  private var sleeper: Task<Void, Never>?
  private var sleepsUntil: Duration?

  init(time: any TimeSource) { self.time = time }

  var count: Int { live.reduce(0) { $0 + $1.value.count } }

  /// Makes these the job's only deadlines.
  func set(_ job: JobID, _ wakes: [Wake]) {
    let before = live[job] ?? [:]
    var after: [JobWake: Int] = [:]
    for entry in wakes {
      let wake = entry.wake
      if let known = before[wake] {
        after[wake] = known
        continue
      }
      order += 1
      after[wake] = order
      let left = min(max(.zero, wake.at - time.now), entry.atMost)
      heap.insert(Entry(due: time.monotonic + left, order: order, job: job, wake: wake))
    }
    live[job] = after.isEmpty ? nil : after
    if let first = heap.min?.due, first < sleepsUntil ?? .seconds(Int64.max / 4) { sleeper?.cancel() }
  }

  /// Serves deadlines until its task is cancelled.
  func run(deliver: @Sendable (JobID, JobWake) async -> Void) async {
    while !Task.isCancelled {
      while let first = heap.min, first.due <= time.monotonic {
        _ = heap.popMin()
        guard live[first.job]?[first.wake] == first.order else { continue }
        live[first.job]?[first.wake] = nil
        if live[first.job]?.isEmpty == true { live[first.job] = nil }
        await deliver(first.job, first.wake)
      }
      await pause()
    }
  }

  private func pause() async {
    let now = time.monotonic
    let until = heap.min.map { max($0.due, now + quantum) } ?? now + .seconds(3600)
    sleepsUntil = heap.min == nil ? nil : until
    let time = time
    let sleeper = Task { _ = try? await time.sleep(until: until) }
    self.sleeper = sleeper
    await withTaskCancellationHandler {
      await sleeper.value
    } onCancel: {
      sleeper.cancel()
    }
    self.sleeper = nil
  }
}
