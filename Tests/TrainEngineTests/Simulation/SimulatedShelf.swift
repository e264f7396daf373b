import Synchronization
import TrainCore
import TrainTestKit

/// A registry whose lists lag and that forgets uploads, or only their ends.
final class SimulatedShelf: Sendable {
  let shelf = ScriptedShelf()
  private let world: SimulatedWorld
  private let lag: Duration
  /// A version's name is its key: a commit that arrives twice makes one version.
  let isKeyed: Bool
  /// It lists the uploads that are open, so that those are found whose opening nobody heard of.
  let listsUploads: Bool
  private let born = Mutex<[String: Duration]>([:])

  init(world: SimulatedWorld, lag: Duration, isKeyed: Bool, listsUploads: Bool) {
    self.world = world
    self.lag = lag
    self.isKeyed = isKeyed
    self.listsUploads = listsUploads
  }

  func note(_ version: String) {
    let now = world.now
    born.withLock { if $0[version] == nil { $0[version] = now } }
  }

  func isHidden(_ version: String) -> Bool {
    let now = world.now
    return born.withLock { $0[version].map { now - $0 < lag } ?? false }
  }
}
