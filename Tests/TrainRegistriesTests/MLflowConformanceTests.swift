import Testing
import TrainCore
import TrainTestKit

/// A store that takes uploads in parts, and one that does not.
@Suite struct `MLflow keeps what a registry promises` {
  static let ways = SampleFiles.allCases.flatMap { files in [true, false].map { (files, $0) } }

  private func check(
    _ way: (SampleFiles, Bool), _ work: @Sendable (RegistryConformance) async throws -> Void
  ) async throws {
    let server = MLflowServer(offersMultipart: way.1)
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        try await work(
          RegistryConformance(MLflowHarness(server: server, endpoint: endpoint), files: way.0.contents, in: directory))
      }
    }
    #expect(await server.allRuns.count <= 1)
    #expect(await server.leaks == 0)
  }

  @Test(arguments: ways) func `publishes once and finds its own`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`publishes once and finds its own`() }
  }

  @Test(arguments: ways) func `shows nothing before the commit`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`shows nothing before the commit`() }
  }

  /// One file through the server is one request: it has no middle.
  @Test(arguments: ways.filter { $0.0 == .severalFiles || $0.1 })
  func `goes on after a restart in the middle`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`goes on after a restart in the middle`() }
  }

  @Test(arguments: ways) func `bears a part that is sent again`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`bears a part that is sent again`() }
  }

  @Test(arguments: ways) func `leaves a foreign version alone`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`leaves a foreign version alone`() }
  }

  @Test(arguments: ways) func `refuses to commit over somebody else`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`refuses to commit over somebody else`() }
  }

  @Test(arguments: ways) func `commits twice without a second version`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`commits twice without a second version`() }
  }

  @Test(arguments: ways) func `sees that a version was damaged`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`sees that a version was damaged`() }
  }

  @Test(arguments: ways) func `never publishes a damaged spool`(_ way: (SampleFiles, Bool)) async throws {
    try await check(way) { try await $0.`never publishes a damaged spool`(damage: Damage.flip) }
  }
}
