import Foundation
import Synchronization
import Testing
import TrainCore
import TrainTestKit

extension CrashSuites {
  /// The real programs die before and after every commit, call and write, are started again, and have to come to a
  /// good end.
  @Suite(.serialized) struct CrashMatrixTests {
    /// Points that no course crosses, nor what follows a death.
    static let elsewhere: [CrashPoint: String] = [
      .storeGiveReserve: "a full disk",
      .storeCheckpoint: "a full disk, or a log of 64 MiB",
      .spoolTruncate: "a file on the far side that became shorter under the same tag",
      .synapseFetchFile: "ground truth that is fetched; reads",
      .synapseListEvents: "asked by `trainctl ground-truth`; reads",
      .synapseGetVersion: "asked by `trainctl ground-truth`; reads",
      .trueFoundryListModels: "asked by `trainctl models`; reads",
      .trueFoundryGetModel: "asked by `trainctl models`; reads",
      .runnerDiscard: "a job whose record was removed before the intent",
    ]

    private var nths: Int { Int(ProcessInfo.processInfo.environment["TRAIND_CRASH_NTH"] ?? "") ?? 1 }
    private var workers: Int { Int(ProcessInfo.processInfo.environment["TRAIND_CRASH_WORKERS"] ?? "") ?? 3 }
    /// Only places that begin so.
    private var only: String { ProcessInfo.processInfo.environment["TRAIND_CRASH_ONLY"] ?? "" }

    /// Only these, by their names.
    private var pairings: [CrashPairing] {
      let named = ProcessInfo.processInfo.environment["TRAIND_CRASH_PAIRINGS"].map { $0.split(separator: ",") }
      return CrashPairing.allCases.filter { pairing in named.map { $0.contains(pairing.rawValue[...]) } ?? true }
    }

    @Test(.timeLimit(.minutes(60))) func `whoever dies at any boundary, nothing is lost and nothing is done twice`()
      async throws
    {
      let plain = pairings.flatMap { pairing in
        pairing.scenarios.map { CrashCase(pairing: pairing, scenario: $0, places: []) }
      }
      let seen = await outcomes(of: plain)
      // Each place in the first scenario of its pairing that crosses it.
      var first: [CrashPairing: [CrashPlace: CrashScenario]] = [:]
      var last: [CrashPairing: [CrashPlace: CrashScenario]] = [:]
      for (test, outcome) in seen {
        for place in outcome.crossed {
          if first[test.pairing]?[place] == nil { first[test.pairing, default: [:]][place] = test.scenario }
          last[test.pairing, default: [:]][place] = test.scenario
        }
      }
      var cases: [CrashCase] = []
      for (pairing, places) in first {
        for (place, scenario) in places where isTried(place, in: pairing, first) {
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
      let single = await surely(cases, last)
      // What only a death leads to is died at in a second one.
      var second: [CrashCase] = []
      for (test, outcome) in single {
        let known = first[test.pairing] ?? [:]
        for place in outcome.crossed.sorted(by: { $0.description < $1.description })
        where known[place] == nil && isTried(place, in: test.pairing, first)
          && !second.contains(where: { $0.pairing == test.pairing && $0.places.last == place })
        {
          second.append(CrashCase(pairing: test.pairing, scenario: test.scenario, places: test.places + [place]))
        }
      }
      let double = await surely(second, [:])

      let all = single + double
      let violations = all.flatMap(\.1.violations)
      // The n-th crossing may not come.
      let asked = all.filter { test, outcome in outcome.died.isEmpty && test.places.allSatisfy { $0.nth == 1 } }
      for (test, _) in asked { Issue.record("nobody died: \(test)") }
      let covered = Set(all.flatMap { $0.1.died.map(\.point) })
      if only.isEmpty, pairings == CrashPairing.allCases {
        for point in CrashPoint.allCases where !covered.contains(point) && Self.elsewhere[point] == nil {
          Issue.record("nobody ever died at \(point.rawValue)")
        }
        for point in Self.elsewhere.keys where covered.contains(point) {
          Issue.record("\(point.rawValue) is crossed after all")
        }
      }
      for (test, outcome) in all where outcome.resent > 0 { print("resent: \(outcome.resent) bytes: \(test)") }
      let deaths = all.reduce(0) { $0 + $1.1.died.count }
      print(
        "covered: \(covered.count) of \(CrashPoint.allCases.count) points, \(deaths) deaths, \(violations.count) violations"
      )
      for pairing in pairings {
        let mine = all.filter { $0.0.pairing == pairing }
        let resent = mine.filter { $0.0.scenario == .run }.map(\.1.resent).max() ?? 0
        print("crash: \(pairing.rawValue): \(mine.count) cases, in a plain run re-sent at most \(resent) bytes")
      }
    }

    /// What is a registry's own is not died at in parts again when it is the same in one piece.
    private func isTried(
      _ place: CrashPlace, in pairing: CrashPairing, _ first: [CrashPairing: [CrashPlace: CrashScenario]]
    ) -> Bool {
      guard place.description.hasPrefix(only), nths > 1 || pairing.tries(place.point) else { return false }
      return pairing != .localAndParts || nths > 1 || first[.localAndAll]?[place] == nil
    }

    /// Some crossings come only if things happen in a certain order: who did not die is given another chance, in the
    /// last scenario that crossed it.
    private func surely(
      _ cases: [CrashCase], _ last: [CrashPairing: [CrashPlace: CrashScenario]]
    ) async -> [(CrashCase, CrashCase.Outcome)] {
      let first = await outcomes(of: cases)
      let again = first.filter { $0.1.died.isEmpty && $0.1.violations.isEmpty }.map { test, _ in
        var test = test
        var place = test.places[0]
        place.nth = 1
        test.scenario = last[test.pairing]?[place] ?? test.scenario
        return test
      }
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
          for violation in outcome.violations { Issue.record("\(violation)") }
          begin()
        }
        return zip(cases, found).map { ($0, $1 ?? CrashCase.Outcome()) }
      }
    }
  }
}
