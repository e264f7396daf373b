import Testing
import TrainCore
import TrainTestKit

/// One file in parts; several in folders, most of them in one piece.
@Suite struct `TrueFoundry keeps what a registry promises` {
  private func check(
    _ files: SampleFiles, _ work: @Sendable (RegistryConformance) async throws -> Void
  ) async throws {
    let server = TrueFoundryServer()
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        try await work(
          RegistryConformance(
            TrueFoundryHarness(server: server, endpoint: endpoint), files: files.contents, in: directory))
      }
    }
    #expect(await server.strangers.isEmpty)
    // Never one that was committed.
    let versions = await server.committed.compactMap { $0["id"]?.string }
    #expect(await server.markedFailed.allSatisfy { !versions.contains($0) })
  }

  @Test(arguments: RegistryPromise.allCases, SampleFiles.allCases) func `each of them`(
    _ promise: RegistryPromise, _ files: SampleFiles
  ) async throws {
    try await check(files) { try await promise.check($0) }
  }
}
