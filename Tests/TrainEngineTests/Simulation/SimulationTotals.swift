import Dispatch
import Synchronization
import TrainCore
import TrainTestKit

/// What a run over many seeds came to.
struct SimulationTotals: Sendable {
  var violations: [UInt64: [String]] = [:]
  var lives = 0
  var events: Int64 = 0
  var virtual = Duration.zero
  /// Time that the histories took, each on its own thread.
  var real = Duration.zero
  var troubles: [Trouble: Int] = [:]

  /// Seconds of virtual time in a second of real time.
  var ratio: Int64 { virtual.wholeMilliseconds / max(1, real.wholeMilliseconds) }

  /// Runs every seed, several at once.
  static func run(_ seeds: [UInt64]) -> SimulationTotals {
    let totals = Mutex(SimulationTotals())
    DispatchQueue.concurrentPerform(iterations: seeds.count) { index in
      let simulation = Simulation(seed: seeds[index])
      let begun = ContinuousClock.now
      let violations = simulation.judged()
      let real = ContinuousClock.now - begun
      totals.withLock { totals in
        if !violations.isEmpty { totals.violations[seeds[index]] = violations }
        totals.lives += simulation.notes.withLock { $0.lives }
        totals.events += simulation.notes.withLock { $0.events }
        totals.virtual += simulation.world.now
        totals.real += real
        totals.troubles.merge(simulation.storm.troubles, uniquingKeysWith: +)
      }
    }
    return totals.withLock { $0 }
  }
}

extension Simulation {
  /// Runs it and holds it against the invariants.
  func judged() -> [String] {
    do {
      try run()
      return try SimulatedWorld(seed: 1).run { await SimulationVerdict(self).violations }
    } catch {
      return ["\(error)"]
    }
  }
}
