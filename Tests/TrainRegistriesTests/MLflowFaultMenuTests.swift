import Testing
import TrainCore
import TrainTestKit

@Suite struct `MLflow bears what goes wrong at any request` {
  private func menu(
    _ work: @Sendable (RegistryFaultMenu<MLflowHarness>) async throws -> Void
  ) async throws {
    let files = ["a/weights.bin": SampleRelease.bytes(200_000), "labels.txt": SampleRelease.bytes(5_000, seed: 2)]
    try await TemporaryDirectory.with { directory in
      try await work(
        RegistryFaultMenu(files: files, in: directory) { gate, publish in
          let server = MLflowServer(offersMultipart: true)
          try await server.serve(through: gate) { endpoint in
            try await publish(MLflowHarness(server: server, endpoint: endpoint, partBytes: 100_000))
          }
          #expect(await server.leaks == 0)
        })
    }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and publishes one whole version`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serve(course) }
  }

  @Test func `and when addresses or the run go`() async throws {
    try await menu { try await $0.serveHazards() }
  }

  @Test(arguments: RegistryFaultCourse.ofAbandoning) func `and frees what is given up`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serveAbandoning(course) }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and moves an alias from where it was, once`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.servePromotions(course) }
  }

  @Test func `and never takes the place of somebody who was faster`() async throws {
    try await menu { try await $0.serveRivals() }
  }
}
