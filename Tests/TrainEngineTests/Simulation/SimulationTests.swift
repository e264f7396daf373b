import Foundation
import Testing
import TrainCore
import TrainTestKit

@Suite struct SimulationTests {
  private static let environment = ProcessInfo.processInfo.environment

  /// `TRAIND_SIMULATE_SEEDS` of them, 500 unless it says so, from `TRAIND_SIMULATE_FROM` on.
  static let seeds: ClosedRange<UInt64> = {
    let from = environment["TRAIND_SIMULATE_FROM"].flatMap(UInt64.init) ?? 1
    return from...from + max(1, environment["TRAIND_SIMULATE_SEEDS"].flatMap(UInt64.init) ?? 500) - 1
  }()

  /// Seeds that once found a defect. What they met then is another story as soon as the storm draws otherwise: each defect
  /// has a test of its own too.
  static let kept: [UInt64] = [37, 5637, 7588]

  @Test func `whatever goes wrong, a job is trained once and published once`() {
    let totals = SimulationTotals.run(Array(Self.seeds) + Self.kept)
    for (seed, violations) in totals.violations.sorted(by: { $0.key < $1.key }).prefix(20) {
      Issue.record("make simulate SEED=\(seed)\n\(violations.joined(separator: "\n"))")
    }
    #expect(totals.violations.isEmpty)
    #expect(totals.ratio >= 1000, "virtual time passes only \(totals.ratio) times as fast as real time")
    if Self.seeds.count >= 200 {
      for trouble in Trouble.allCases { #expect(totals.troubles[trouble, default: 0] > 0, "no seed met \(trouble)") }
    }
    print(
      "seeds \(Self.seeds.lowerBound)..\(Self.seeds.upperBound): \(totals.violations.count) violations,",
      "\(totals.lives) lives, \(totals.events) events, \(totals.troubles.values.reduce(0, +)) troubles,",
      "virtual:real \(totals.ratio):1")
  }

  @Test func `one seed is one history`() throws {
    for seed in 1...30 as ClosedRange<UInt64> {
      let first = Simulation(seed: seed, isTraced: true)
      try first.run()
      let second = Simulation(seed: seed, isTraced: true)
      try second.run()
      #expect(first.storm.lines.count > 50)
      let split = zip(first.storm.lines, second.storm.lines).first { $0 != $1 }
      #expect(split == nil, "seed \(seed)")
      #expect(first.storm.lines.count == second.storm.lines.count)
    }
  }

  @Test(.enabled(if: environment["TRAIND_SIMULATE_SEED"] != nil))
  func `one seed, told step by step`() throws {
    let text = Self.environment["TRAIND_SIMULATE_SEED"] ?? ""
    let seed = try #require(UInt64(text), "SEED=\(text) is no number")
    let simulation = Simulation(seed: seed, isTraced: true)
    let violations = simulation.judged()
    for line in simulation.storm.lines { print(line) }
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }
}
