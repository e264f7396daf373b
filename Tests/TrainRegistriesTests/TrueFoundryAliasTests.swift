import Testing
import TrainCore
import TrainTestKit

@testable import TrainRegistries

@Suite struct `An alias in TrueFoundry` {
  /// Two versions.
  private func with(
    _ server: TrueFoundryServer,
    _ work:
      @Sendable (TrueFoundryRegistry, Release, _ first: RemoteVersion, _ second: RemoteVersion) async throws ->
      Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = TrueFoundryHarness(server: server, endpoint: endpoint)
        let registry = try harness.make()
        let release = try SampleRelease.make(["m": [1]], in: directory, options: harness.options)
        let next = try SampleRelease.make(
          ["m": [1]], in: directory, job: JobID(spec: "hat", version: "2.0.0"), version: "2.0.0",
          options: harness.options)
        do {
          let first = try await Publisher(registry).publish(release).version
          let second = try await Publisher(registry).publish(next).version
          try await work(registry, release, first, second)
          await registry.shutdown()
        } catch {
          await registry.shutdown()
          throw error
        }
      }
    }
  }

  @Test(arguments: [false, true]) func `is a tag that moves, and leaves every other tag where it is`(
    _ joins: Bool
  ) async throws {
    let server = TrueFoundryServer()
    if joins { await server.joinTags() }
    try await with(server) { (registry, release, first, second) async throws -> Void in
      await server.tag(first.id, "checked")
      await server.tag(second.id, "small")
      for version in [first, second, first] {
        let outcome = try await Promoter(registry).move("production", to: version, for: release)
        #expect(outcome.faults.isEmpty)
        #expect(try await registry.target(of: "production", for: release) == version)
      }
      #expect(await server.tags(of: first.id) == ["checked", "production"])
      #expect(await server.tags(of: second.id) == ["small"])
    }
  }

  @Test func `that cannot be taken away stays, and that is said`() async throws {
    let server = TrueFoundryServer()
    await server.joinTags()
    try await with(server) { (registry, release, first, _) async throws -> Void in
      _ = try await Promoter(registry).move("production", to: first, for: release)
      let fault = await #expect(throws: Fault.self) {
        try await Promoter(registry).move("production", to: nil, for: release)
      }
      #expect(fault?.code == .unsupported && fault?.isPermanent == true)
      #expect(fault?.hint?.contains("by hand") == true)
    }
  }

  @Test func `is not taken from a version that got it meanwhile`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { (registry, release, first, second) async throws -> Void in
      await server.tag(second.id, "production")
      let fault = await #expect(throws: Fault.self) {
        try await registry.point("production", at: first, from: nil, for: release)
      }
      #expect(fault?.code == .misaligned)
      #expect(await server.tags(of: second.id) == ["production"])
    }
  }
}
