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
    let runs = await server.allRuns.count
    // What was cut short has a run, and no version.
    #expect(runs <= max(1, await server.versionCount))
    #expect(await server.leaks == 0)
  }

  /// One file through the server is one request: it has no middle.
  @Test(arguments: RegistryPromise.allCases, ways) func `each of them`(
    _ promise: RegistryPromise, _ way: (SampleFiles, Bool)
  ) async throws {
    if promise == .goesOn, way == (.oneFile, false) { return }
    try await check(way) { try await promise.check($0) }
  }
}
