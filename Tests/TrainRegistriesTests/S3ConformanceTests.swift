import Testing
import TrainCore
import TrainTestKit

/// One file, in parts; and several, some of them whole.
@Suite struct `S3 keeps what a registry promises` {
  private func check(
    _ files: SampleFiles, _ work: @Sendable (RegistryConformance) async throws -> Void
  ) async throws {
    let server = S3Server(smallestPart: 1024 * 1024)
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        try await work(
          RegistryConformance(S3Harness(server: server, endpoint: endpoint), files: files.contents, in: directory))
      }
    }
  }

  @Test(arguments: SampleFiles.allCases) func `publishes once and finds its own`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`publishes once and finds its own`() }
  }

  @Test(arguments: SampleFiles.allCases) func `shows nothing before the commit`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`shows nothing before the commit`() }
  }

  @Test(arguments: SampleFiles.allCases) func `goes on after a restart in the middle`(_ files: SampleFiles) async throws
  {
    try await check(files) { try await $0.`goes on after a restart in the middle`() }
  }

  @Test(arguments: SampleFiles.allCases) func `bears a part that is sent again`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`bears a part that is sent again`() }
  }

  @Test(arguments: SampleFiles.allCases) func `leaves a foreign version alone`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`leaves a foreign version alone`() }
  }

  @Test(arguments: SampleFiles.allCases) func `refuses to commit over somebody else`(_ files: SampleFiles) async throws
  {
    try await check(files) { try await $0.`refuses to commit over somebody else`() }
  }

  @Test(arguments: SampleFiles.allCases) func `commits twice without a second version`(_ files: SampleFiles)
    async throws
  {
    try await check(files) { try await $0.`commits twice without a second version`() }
  }

  @Test(arguments: SampleFiles.allCases) func `sees that a version was damaged`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`sees that a version was damaged`() }
  }

  @Test(arguments: SampleFiles.allCases) func `never publishes a damaged spool`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`never publishes a damaged spool`(damage: Damage.flip) }
  }
}
