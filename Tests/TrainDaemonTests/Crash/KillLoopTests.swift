import Foundation
import Testing
import TrainTestKit

@Suite(.serialized) struct KillLoopTests {
  private func number(_ name: String) -> UInt64? { ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) } }

  @Test(.timeLimit(.minutes(60))) func `a daemon that is killed again and again loses nothing and does nothing twice`()
    async throws
  {
    let loop = KillLoop(
      seed: number("TRAIND_KILL_SEED") ?? .random(in: 0..<1_000_000), kills: Int(number("TRAIND_KILLS") ?? 50))
    let report = try await loop.run()
    for violation in report.violations { Issue.record("seed \(loop.seed): \(violation)") }
    print(
      "kill: seed \(loop.seed), \(report.jobs) jobs, \(report.kills) kills and \(report.runnerKills) of the runner, "
        + "\(report.cancels) cancels taken, \(report.submissions) submissions, \(report.versions) versions, "
        + "re-sent \(report.resent) of \(report.bytes) bytes, \(report.violations.count) violations, "
        + "\(Int(report.seconds)) s")
    // A loop in which nothing happened proves nothing.
    #expect(report.submissions > 0 && report.versions > 0 && report.kills == loop.kills)
  }
}
