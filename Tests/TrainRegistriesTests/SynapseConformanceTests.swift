import Testing
import TrainCore
import TrainTestKit

/// A single file, sent as it is, and several, sent as an archive.
@Suite struct `Synapse keeps what a registry promises` {
  private func check(
    _ files: SampleFiles, _ work: @Sendable (RegistryConformance) async throws -> Void
  ) async throws {
    let server = SynapseServer()
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        try await work(
          RegistryConformance(SynapseHarness(server: server, endpoint: endpoint), files: files.contents, in: directory))
      }
    }
    #expect(await server.overlaps == 0)
  }

  @Test(arguments: RegistryPromise.allCases, SampleFiles.allCases) func `each of them`(
    _ promise: RegistryPromise, _ files: SampleFiles
  ) async throws {
    try await check(files) { try await promise.check($0) }
  }
}
