import Testing
import TrainCore
import TrainTestKit

/// Every promise but one: a package is one call, and a restart in the middle of it costs all of it.
@Suite struct `Viam keeps what a registry promises` {
  private func check(
    _ files: SampleFiles, _ work: @Sendable (RegistryConformance) async throws -> Void
  ) async throws {
    try await ViamRegistryHarness.run { harness in
      try await TemporaryDirectory.with { directory in
        try await work(RegistryConformance(harness, files: files.contents, in: directory))
      }
    }
  }

  @Test(arguments: SampleFiles.allCases) func `publishes once and finds its own`(_ files: SampleFiles) async throws {
    try await check(files) { try await $0.`publishes once and finds its own`() }
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

  /// The pace is taken for the files' bytes, the archive's framing goes beside it; one file as it is has none.
  @Test func `shows nothing before the commit`() async throws {
    try await check(.oneFile) { try await $0.`shows nothing before the commit`() }
  }
}
