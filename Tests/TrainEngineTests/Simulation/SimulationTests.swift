import Foundation
import TrainCore
import TrainTestKit
import Testing

@Suite struct SimulationTests {
  /// Seeds of a run: `TRAIND_SIMULATE_SEEDS` of them, 200 unless it says so, from `TRAIND_SIMULATE_FROM` on.
  static let seeds: Range<UInt64> = {
    let environment = ProcessInfo.processInfo.environment
    let from = environment["TRAIND_SIMULATE_FROM"].flatMap(UInt64.init) ?? 1
    return from..<from + (environment["TRAIND_SIMULATE_SEEDS"].flatMap(UInt64.init) ?? 200)
  }()

  @Test(arguments: seeds)
  func `whatever goes wrong, a job is trained once and published once`(seed: UInt64) throws {
    let violations = try Self.violations(seed)
    #expect(violations.isEmpty, "make simulate SEED=\(seed)\n\(violations.joined(separator: "\n"))")
  }

  @Test func `one seed is one history`() throws {
    let first = Simulation(seed: 7, isTraced: true)
    try first.run()
    let second = Simulation(seed: 7, isTraced: true)
    try second.run()
    #expect(first.storm.lines.count > 50)
    #expect(first.storm.lines == second.storm.lines)
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["TRAIND_SIMULATE_SEED"] != nil))
  func `one seed, told step by step`() throws {
    let text = ProcessInfo.processInfo.environment["TRAIND_SIMULATE_SEED"] ?? ""
    let seed = try #require(UInt64(text), "SEED=\(text) is no number")
    let simulation = Simulation(seed: seed, isTraced: true)
    defer { for line in simulation.storm.lines { print(line) } }
    try simulation.run()
    let violations = try Self.judge(simulation)
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }

  static func violations(_ seed: UInt64) throws -> [String] {
    let simulation = Simulation(seed: seed)
    try simulation.run()
    return try judge(simulation)
  }

  private static func judge(_ simulation: Simulation) throws -> [String] {
    try SimulatedWorld(seed: 1).run { await SimulationVerdict(simulation).violations }
  }
}
