import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `A publication to Synapse` {
  private func problems(_ options: JSON) async throws -> [String] {
    let registry = try SynapseHarness(server: SynapseServer(), endpoint: "http://127.0.0.1:1").make()
    let publication = JobSpec.Publication(registry: "synapse", options: options)
    let spec = JobSpec(
      name: "hat", provider: "here", modelName: "hat", version: .fixed("1"), train: .empty,
      publish: [JobSpec.Publication(registry: "shelf"), publication], written: .empty)
    let problems = registry.problems(in: publication, of: spec)
    await registry.shutdown()
    return problems.map { "\($0.path): \($0.message)\($0.hint.map { " (\($0))" } ?? "")" }
  }

  @Test func `is fine with a plugin alone`() async throws {
    #expect(try await problems(["plugin": "demo-net"]).isEmpty)
    #expect(try await problems(["plugin": 123]).isEmpty)
    #expect(
      try await problems([
        "plugin": 1, "name": "n", "version": "1", "checkpoint": "previous", "configuration": [:], "description": "",
        "archive": "zip",
      ]).isEmpty)
  }

  @Test func `has its problems named with their place`() async throws {
    #expect(try await problems([:]).first?.hasPrefix("publish[1].plugin: missing") == true)
    #expect(
      try await problems(["plugin": "p", "checkpont": 1]) == [
        "publish[1].checkpont: unknown key (did you mean 'checkpoint'?)"
      ])
    for options: JSON in [
      ["plugin": true], ["plugin": ""], ["plugin": 0], ["plugin": "p", "checkpoint": "last"],
      ["plugin": "p", "checkpoint": -1], ["plugin": "p", "archive": "tar"], ["plugin": "p", "configuration": 1],
      ["plugin": "p", "configuration": ["traind": 1]], ["plugin": "p", "name": ""],
      ["plugin": "p", "name": .string(String(repeating: "x", count: 256))], ["plugin": "p", "description": 1],
      ["plugin": "p", "version": 1.5],
    ] {
      #expect(try await problems(options).count == 1, "\(options)")
    }
  }
}
