import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `An upload to MLflow in parts` {
  /// Publishes one file of 250,000 bytes in parts of 100,000.
  private func publish(
    _ server: MLflowServer,
    _ before: @Sendable (MLflowRegistry, Release) async throws -> Publisher.Progress? = { _, _ in nil }
  ) async throws -> Publisher.Outcome {
    let bytes = SampleRelease.bytes(250_000)
    return try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = MLflowHarness(server: server, endpoint: endpoint, options: .empty, partBytes: 100_000)
        let release = try SampleRelease.make(["m.bin": bytes], in: directory)
        let registry = try harness.make()
        do {
          let outcome = try await Publisher(registry).publish(release, from: try await before(registry, release))
          await registry.shutdown()
          #expect(await server.held(outcome.version.id) == ["m.bin": bytes])
          return outcome
        } catch {
          await registry.shutdown()
          throw error
        }
      }
    }
  }

  @Test func `sends each part once, straight to the store`() async throws {
    let server = MLflowServer(offersMultipart: true)
    let outcome = try await publish(server)
    #expect(outcome.faults.isEmpty)
    #expect(await server.count("PUT store") == 3)
    #expect(await server.count("PUT file") == 0)
    #expect(await server.openUploads == 0)
  }

  @Test func `goes through the server when the store cannot be reached from here`() async throws {
    let server = MLflowServer(offersMultipart: true)
    await server.moveStore(to: "http://127.0.0.1:1")
    let outcome = try await publish(server)
    #expect(outcome.faults.map(\.code) == [.misaligned])
    #expect(await server.count("PUT file") == 1)
  }

  @Test func `goes through the server when its addresses have ended their life, and gives the parts up`() async throws {
    let server = MLflowServer(offersMultipart: true)
    let outcome = try await publish(server) { registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      await server.expireAddresses()
      return progress
    }
    #expect(outcome.opens == 0)
    #expect(outcome.faults.map(\.code) == [.misaligned])
    #expect(outcome.faults.allSatisfy { !$0.message.contains("hunter2") })
    #expect(await server.count("PUT file") == 1)
    #expect(await server.openUploads == 0)
  }

  @Test func `is given up with its run when it is abandoned`() async throws {
    let server = MLflowServer(offersMultipart: true)
    _ = try await publish(server) { registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      try await registry.abandon(AbandonedUpload(session: progress.session), of: release)
      #expect(await server.openUploads == 0)
      #expect(await server.allRuns.map(\.status) == ["KILLED"])
      return nil
    }
  }
}
