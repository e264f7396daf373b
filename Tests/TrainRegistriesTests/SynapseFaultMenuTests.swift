import Testing
import TrainCore
import TrainTestKit

@Suite struct `Synapse bears what goes wrong at any request` {
  private func menu(
    _ work: @Sendable (RegistryFaultMenu<SynapseHarness>) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      try await work(
        RegistryFaultMenu(files: ["model.tar.gz": SampleRelease.bytes(300_000)], in: directory) { gate, publish in
          let server = SynapseServer()
          try await server.serve(through: gate) { endpoint in
            try await publish(SynapseHarness(server: server, endpoint: endpoint, largestPart: 100_000))
          }
          #expect(await server.overlaps == 0)
        })
    }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and publishes one whole version`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serve(course) }
  }

  @Test func `and never takes the place of somebody who was faster`() async throws {
    try await menu { try await $0.serveRivals() }
  }
}
