import Testing
import TrainCore
import TrainTestKit

/// Where each call also needs a token that must be fetched.
@Suite struct `OCI bears what goes wrong at any request` {
  private func menu(_ work: @Sendable (RegistryFaultMenu<OCIHarness>) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let files = ["model.tar.gz": SampleRelease.bytes(300_000), "notes/a.txt": SampleRelease.bytes(5000, seed: 2)]
      try await work(
        RegistryFaultMenu(files: files, in: directory) { gate, publish in
          let server = OCIServer(.exchanged(user: "eva", password: "good"))
          try await server.serve(through: gate) { endpoint in
            try await publish(
              OCIHarness(
                server: server, endpoint: endpoint, settings: ["username": "eva", "password": ["env": "PASSWORD"]],
                largestPart: 100_000))
          }
        })
    }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and publishes one whole version`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serve(course) }
  }

  @Test func `and bears tokens that end and uploads that are forgotten`() async throws {
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

  @Test func `and never takes the place of somebody who was faster before its last look`() async throws {
    try await menu { try await $0.serveRivals() }
  }
}
