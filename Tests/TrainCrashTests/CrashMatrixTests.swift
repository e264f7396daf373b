import Foundation
import Synchronization
import Testing
import TrainCore
import TrainTestKit

extension CrashSuites {
  /// The real programs die before and after every commit, call and write, are started again, and have to come to a
  /// good end.
  @Suite(.serialized) struct CrashMatrixTests {
    /// Points that no run, cancel, stop or housekeeping crosses, nor what follows a death.
    static let elsewhere: [CrashPoint: String] = [
      .storeGiveReserve: "a full disk",
      .storeCheckpoint: "a full disk, or a log of 64 MiB",
      .spoolTruncate: "a file on the far side that became shorter under the same tag",
      .registryTarget: "a promotion",
      .registryPoint: "a promotion",
      .directoryMakeAlias: "a promotion",
      .directoryMoveAlias: "a promotion",
      .viamCreatePackage: "Viam as a registry",
      .synapseFetchFile: "ground truth that is fetched; reads",
      .synapseListEvents: "asked by `trainctl ground-truth`; reads",
      .synapseGetVersion: "asked by `trainctl ground-truth`; reads",
      .runnerDiscard: "a job whose record was removed before the intent",
    ]

    /// Backends that no pairing here has.
    static let absent = ["mlflow.", "oci.", "s3.", "truefoundry.", "slurm.", "ray."]

    private static func isElsewhere(_ point: CrashPoint) -> Bool {
      elsewhere[point] != nil || absent.contains { point.rawValue.hasPrefix($0) }
    }

    private var nths: Int { Int(ProcessInfo.processInfo.environment["TRAIND_CRASH_NTH"] ?? "") ?? 1 }
    private var workers: Int { Int(ProcessInfo.processInfo.environment["TRAIND_CRASH_WORKERS"] ?? "") ?? 3 }
    /// Only places that begin so.
    private var only: String { ProcessInfo.processInfo.environment["TRAIND_CRASH_ONLY"] ?? "" }

    @Test(.timeLimit(.minutes(60))) func `whoever dies at any boundary, nothing is lost and nothing is done twice`()
      async throws
    {
      let plain = CrashPairing.allCases.flatMap { pairing in
        CrashScenario.allCases.map { CrashCase(pairing: pairing, scenario: $0, places: []) }
      }
      let seen = await outcomes(of: plain)
      #expect(seen.flatMap(\.1.violations) == [])
      // Each place in the first scenario of its pairing that crosses it.
      var first: [CrashPairing: [CrashPlace: CrashScenario]] = [:]
      for (test, outcome) in seen {
        for place in outcome.crossed where first[test.pairing]?[place] == nil {
          first[test.pairing, default: [:]][place] = test.scenario
        }
      }
      var cases: [CrashCase] = []
      for (pairing, places) in first {
        for (place, scenario) in places where place.description.hasPrefix(only) {
          for nth in 1...nths {
            cases.append(
              CrashCase(
                pairing: pairing, scenario: scenario,
                places: [CrashPlace(point: place.point, side: place.side, nth: nth)]
              ))
          }
        }
      }
      cases.sort { $0.description < $1.description }
      let single = await surely(cases)
      // What only a death leads to is died at in a second one.
      var second: [CrashCase] = []
      for (test, outcome) in single {
        let known = first[test.pairing] ?? [:]
        for place in outcome.crossed.sorted(by: { $0.description < $1.description })
        where known[place] == nil && !second.contains(where: { $0.pairing == test.pairing && $0.places.last == place })
        {
          second.append(CrashCase(pairing: test.pairing, scenario: test.scenario, places: test.places + [place]))
        }
      }
      let double = await surely(second)

      let all = single + double
      let violations = all.flatMap(\.1.violations)
      for violation in violations { Issue.record("\(violation)") }
      // The n-th crossing may not come.
      let asked = all.filter { test, outcome in outcome.died.isEmpty && test.places.allSatisfy { $0.nth == 1 } }
      for (test, _) in asked { Issue.record("nobody died: \(test)") }
      let covered = Set(all.flatMap { $0.1.died.map(\.point) })
      if only.isEmpty {
        for point in CrashPoint.allCases where !covered.contains(point) && !Self.isElsewhere(point) {
          Issue.record("nobody ever died at \(point.rawValue)")
        }
        for point in Self.elsewhere.keys where covered.contains(point) {
          Issue.record("\(point.rawValue) is crossed after all")
        }
      }
      for (test, outcome) in all where outcome.resent > 0 { print("resent: \(outcome.resent) bytes: \(test)") }
      let deaths = all.reduce(0) { $0 + $1.1.died.count }
      let resent = all.map(\.1.resent).max() ?? 0
      print(
        "covered: \(covered.count) of \(CrashPoint.allCases.count) points, \(deaths) deaths, \(violations.count) violations, re-sent at most \(resent) bytes of 2600000"
      )
    }

    /// Some crossings come only if things happen in a certain order: who did not die is given another chance.
    private func surely(_ cases: [CrashCase]) async -> [(CrashCase, CrashCase.Outcome)] {
      let first = await outcomes(of: cases)
      let again = first.filter { $0.1.died.isEmpty && $0.1.violations.isEmpty }.map(\.0)
      return first.filter { !$0.1.died.isEmpty || !$0.1.violations.isEmpty } + (await outcomes(of: again))
    }

    private func outcomes(of cases: [CrashCase]) async -> [(CrashCase, CrashCase.Outcome)] {
      await withTaskGroup(of: (Int, CrashCase.Outcome).self) { group in
        var next = 0
        func begin() {
          guard next < cases.count else { return }
          let index = next
          next += 1
          group.addTask { (index, await cases[index].run()) }
        }
        for _ in 0..<workers { begin() }
        var found = [CrashCase.Outcome?](repeating: nil, count: cases.count)
        while let (index, outcome) = await group.next() {
          found[index] = outcome
          begin()
        }
        return zip(cases, found).map { ($0, $1 ?? CrashCase.Outcome()) }
      }
    }
  }
}
