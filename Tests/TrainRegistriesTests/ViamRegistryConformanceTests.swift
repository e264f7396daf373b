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

  private static let promises = RegistryPromise.allCases.filter { $0 != .goesOn && $0 != .showsNothing }

  @Test(arguments: promises, SampleFiles.allCases) func `each of them`(
    _ promise: RegistryPromise, _ files: SampleFiles
  ) async throws {
    try await check(files) { try await promise.check($0) }
  }

  /// The pace is taken for the files' bytes, the archive's framing goes beside it; one file as it is has none.
  @Test func `shows nothing before the commit`() async throws {
    try await check(.oneFile) { try await $0.`shows nothing before the commit`() }
  }
}
