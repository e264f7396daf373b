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

  @Test(arguments: RegistryPromise.allCases, SampleFiles.allCases) func `each of them`(
    _ promise: RegistryPromise, _ files: SampleFiles
  ) async throws {
    try await check(files) { try await promise.check($0) }
  }
}
