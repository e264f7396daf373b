import Foundation
import Synchronization
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite(.timeLimit(.minutes(60))) struct SynapseFuzzTests {
  private static let rounds =
    20 * max(1, ProcessInfo.processInfo.environment["TRAIND_FUZZ_ROUNDS"].flatMap(Int.init) ?? 1)

  /// Every answer is damaged with a probability of one in three.
  private func publish(seed: UInt64, onlyNonsense: Bool) async throws -> (fault: Fault?, models: Int, isWhole: Bool) {
    let mutator = Mutex(Mutator(seed: seed, pieces: ["{", "}", "\"id\":", "\"offset\":", "null", "[]"], most: 4096))
    let server = SynapseServer()
    await server.garble { bytes in
      mutator.withLock { mutator in
        guard mutator.pick(0..<3) == 0 else { return bytes }
        let damaged = mutator.next(of: [bytes])
        if onlyNonsense, JSON(parsing: String(decoding: damaged, as: UTF8.self)) != nil {
          return bytes.dropLast() + [0]
        }
        return damaged
      }
    }
    let content = SampleRelease.bytes(60_000)
    return try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        var harness = SynapseHarness(server: server, endpoint: endpoint)
        harness.largestPart = 20_000
        let registry = try harness.make()
        let release = try SampleRelease.make(["m.bin": content], in: directory, options: harness.options)
        var fault: Fault?
        do throws(Fault) { _ = try await Publisher(registry).publish(release) } catch { fault = error }
        await registry.shutdown()
        let models = await server.allModels
        var isWhole = true
        for model in models {
          let id = model["id"]?.int.map(String.init) ?? ""
          if await server.content(ofModel: id) != content { isWhole = false }
        }
        return (fault, models.count, isWhole)
      }
    }
  }

  @Test func `answers that are no JSON refuse nothing and publish nothing twice`() async throws {
    for seed in 1...UInt64(Self.rounds) {
      let outcome = try await publish(seed: seed, onlyNonsense: true)
      #expect(outcome.fault?.isPermanent != true, "seed \(seed): \(String(describing: outcome.fault))")
      #expect(outcome.models <= 1 && outcome.isWhole, "seed \(seed)")
    }
    print("fuzzed synapse-nonsense: \(Self.rounds) publications")
  }

  @Test func `answers with other values never make a second version or one with other bytes`() async throws {
    var refused = 0
    for seed in 1...UInt64(Self.rounds) {
      let outcome = try await publish(seed: seed, onlyNonsense: false)
      #expect(outcome.models <= 1 && outcome.isWhole, "seed \(seed): \(outcome)")
      if outcome.fault?.isPermanent == true { refused += 1 }
    }
    print("fuzzed synapse-values: \(Self.rounds) publications, \(refused) of them refused")
  }
}
