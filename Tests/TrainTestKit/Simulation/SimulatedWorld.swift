internal import Glibc
internal import HeapModule
internal import Synchronization

/// One thread, a seeded choice among what is ready, virtual time that moves only when nothing is. One seed is one
/// history.
///
/// Safe to share: all mutable state is behind `state`'s lock, and jobs run on the thread that called `run`.
public final class SimulatedWorld: TaskExecutor, @unchecked Sendable {
  private struct Timer: Comparable {
    let at: Duration
    let order: UInt64
    let fire: @Sendable () -> Void
    static func < (a: Timer, b: Timer) -> Bool { (a.at, a.order) < (b.at, b.order) }
    static func == (a: Timer, b: Timer) -> Bool { a.order == b.order }
  }

  private struct State {
    var ready: [(job: UnownedJob, serial: UnownedSerialExecutor?)] = []
    var timers = Heap<Timer>()
    var cancelled: Set<UInt64> = []
    var now = Duration.zero
    var wallOffset = Duration.zero
    var order: UInt64 = 0
    var random: SeededGenerator
    var foreign = 0
  }

  private let state: Mutex<State>
  private let thread: pthread_t

  public init(seed: UInt64) {
    GlobalEnqueue.intercept()
    state = Mutex(State(random: SeededGenerator(seed: seed)))
    thread = pthread_self()
  }

  public var now: Duration { state.withLock { $0.now } }
  /// Wall clock minus virtual time since the start.
  public var wallOffset: Duration {
    get { state.withLock { $0.wallOffset } }
    set { state.withLock { $0.wallOffset = newValue } }
  }
  /// Work that came from a thread that the seed does not govern: 0, or the history can't be replayed.
  public var foreignEnqueues: Int { state.withLock { $0.foreign } }

  public func random(_ range: Range<Int>) -> Int {
    state.withLock { Int.random(in: range, using: &$0.random) }
  }

  public func enqueue(_ job: consuming ExecutorJob) { push(UnownedJob(job), nil) }

  func push(_ job: UnownedJob, _ serial: UnownedSerialExecutor?) {
    let isForeign = pthread_equal(pthread_self(), thread) == 0
    state.withLock {
      $0.ready.append((job, serial))
      if isForeign { $0.foreign += 1 }
    }
  }

  func addTimer(at deadline: Duration, _ fire: @escaping @Sendable () -> Void) -> UInt64 {
    state.withLock {
      $0.order += 1
      $0.timers.insert(Timer(at: deadline, order: $0.order, fire: fire))
      return $0.order
    }
  }

  func cancelTimer(_ order: UInt64) { _ = state.withLock { $0.cancelled.insert(order) } }

  /// Runs until `isDone`, or until nothing is ready and no timer is left.
  @discardableResult
  public func run(until isDone: () -> Bool) -> Bool {
    GlobalEnqueue.enter(self)
    defer { GlobalEnqueue.leave() }
    while !isDone() {
      let next: (job: UnownedJob, serial: UnownedSerialExecutor?)? = state.withLock { state in
        guard !state.ready.isEmpty else { return nil }
        return state.ready.remove(at: Int.random(in: 0..<state.ready.count, using: &state.random))
      }
      if let (job, serial) = next {
        if let serial {
          job.runSynchronously(isolatedTo: serial, taskExecutor: asUnownedTaskExecutor())
        } else {
          job.runSynchronously(on: asUnownedTaskExecutor())
        }
        continue
      }
      let timer: Timer? = state.withLock { state in
        while let timer = state.timers.popMin() {
          if state.cancelled.remove(timer.order) != nil { continue }
          state.now = max(state.now, timer.at)
          return timer
        }
        return nil
      }
      guard let timer else { return false }
      timer.fire()
    }
    return true
  }

  /// Runs a scenario to its end on the calling thread.
  public func run<Answer: Sendable>(_ scenario: @escaping @Sendable () async throws -> Answer) throws -> Answer {
    let box = ResultBox<Answer>()
    Task(executorPreference: self) {
      do { box.set(.success(try await scenario())) } catch { box.set(.failure(error)) }
    }
    run { box.isSet }
    return try box.get()
  }
}

/// Where a scenario's answer waits. Safe to share: guarded by its lock.
private final class ResultBox<Answer: Sendable>: Sendable {
  private let value = Mutex<Result<Answer, any Error>?>(nil)
  struct Deadlock: Error {}

  func set(_ result: Result<Answer, any Error>) { value.withLock { $0 = result } }
  var isSet: Bool { value.withLock { $0 != nil } }
  func get() throws -> Answer {
    guard let result = value.withLock({ $0 }) else { throw Deadlock() }
    return try result.get()
  }
}

/// splitmix64
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// What an actor with its own executor gets in a simulation: still the one thread and the one seeded queue.
public final class SimulatedSerial: SerialExecutor, Sendable {
  private let world: SimulatedWorld
  public init(_ world: SimulatedWorld) { self.world = world }
  public func enqueue(_ job: consuming ExecutorJob) { world.push(UnownedJob(job), asUnownedSerialExecutor()) }
  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
