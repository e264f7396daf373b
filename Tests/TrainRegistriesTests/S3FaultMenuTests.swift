import Testing
import TrainCore
import TrainTestKit

@Suite struct `S3 bears what goes wrong at any request` {
  private func menu(_ work: @Sendable (RegistryFaultMenu<S3Harness>) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let files = ["model.tar.gz": SampleRelease.bytes(300_000), "notes/a.txt": SampleRelease.bytes(5000, seed: 2)]
      try await work(
        RegistryFaultMenu(files: files, in: directory) { gate, publish in
          let server = S3Server(smallestPart: 100_000)
          try await server.serve(through: gate) { endpoint in
            try await publish(S3Harness(server: server, endpoint: endpoint, leastPart: 100_000))
          }
          #expect(await server.openUploads == 0)
        })
    }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and publishes one whole version`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serve(course) }
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
