import Testing
import TrainCore
import TrainTestKit

@Suite struct `TrueFoundry bears what goes wrong at any request` {
  /// One file in three parts, and two in one piece.
  private func menu(
    store: TrueFoundryServer.Store = .s3, givesUp: Bool = false,
    _ work: @Sendable (RegistryFaultMenu<TrueFoundryHarness>) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let files = [
        "model.bin": SampleRelease.bytes(60_000), "deep/config.json": SampleRelease.bytes(5000, seed: 2), "empty": [],
      ]
      try await work(
        RegistryFaultMenu(files: files, in: directory) { gate, publish in
          let server = TrueFoundryServer()
          await server.store(as: store)
          try await server.serve(through: gate) { endpoint in
            try await publish(TrueFoundryHarness(server: server, endpoint: endpoint, part: 20_000))
          }
          // Never given up once it may have been committed.
          #expect(await server.markedFailed.isEmpty || givesUp)
        })
    }
  }

  @Test(arguments: RegistryFaultCourse.allCases) func `and publishes one whole version`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu { try await $0.serve(course) }
  }

  @Test(arguments: [RegistryFaultCourse.answerLost, .bitFlipped]) func `where ETags are no digests`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu(store: .encrypted) { try await $0.serve(course) }
  }

  @Test func `also when addresses run out, or the store forgets, in between`() async throws {
    try await menu { try await $0.serveHazards() }
  }

  @Test(arguments: RegistryFaultCourse.ofAbandoning) func `and frees what is given up`(
    _ course: RegistryFaultCourse
  ) async throws {
    try await menu(givesUp: true) { try await $0.serveAbandoning(course) }
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
