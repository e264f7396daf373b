internal import Glibc
internal import Synchronization

/// Unstructured tasks do not inherit an executor preference: what they enqueue on the global executor from a
/// simulation's thread belongs to that simulation. Other threads, and so other tests of the same process, are left
/// alone.
enum GlobalEnqueue {
  private typealias Original = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

  private static let worlds = Mutex<[pthread_t: SimulatedWorld]>([:])

  private static let isInstalled: Bool = {
    guard let symbol = dlsym(nil, "swift_task_enqueueGlobal_hook") else { return false }
    let hook: Hook = { job, original in
      if let world = GlobalEnqueue.worlds.withLock({ $0[pthread_self()] }) {
        world.push(job, nil)
      } else {
        original(job)
      }
    }
    symbol.assumingMemoryBound(to: Optional<Hook>.self).pointee = hook
    return true
  }()

  static func intercept() { precondition(isInstalled, "this Swift runtime has no swift_task_enqueueGlobal_hook") }
  static func enter(_ world: SimulatedWorld) { worlds.withLock { $0[pthread_self()] = world } }
  static func leave() { worlds.withLock { $0[pthread_self()] = nil } }
}
