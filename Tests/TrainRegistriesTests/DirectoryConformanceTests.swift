import Testing
import TrainCore
import TrainTestKit

@Suite struct `A directory keeps what a registry promises` {
  private func check(
    _ files: SampleFiles, _ work: (RegistryConformance) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      try await work(
        RegistryConformance(
          DirectoryHarness(path: "\(directory)/shelf"), files: files.contents, in: "\(directory)/spool"))
    }
  }

  @Test(arguments: RegistryPromise.allCases, SampleFiles.allCases) func `each of them`(
    _ promise: RegistryPromise, _ files: SampleFiles
  ) async throws {
    try await check(files) { try await promise.check($0) }
  }
}
