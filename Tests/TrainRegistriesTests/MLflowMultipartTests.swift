import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainRegistries

@Suite struct `An upload to MLflow in parts` {
  /// Publishes one file of 250,000 bytes in parts of 100,000.
  private func publish(
    _ server: MLflowServer, _ settings: JSON = .empty,
    _ before: @Sendable (MLflowRegistry, Release) async throws -> Publisher.Progress? = { _, _ in nil }
  ) async throws -> Publisher.Outcome {
    let bytes = SampleRelease.bytes(250_000)
    return try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = MLflowHarness(
          server: server, endpoint: endpoint, options: .empty, settings: settings, partBytes: 100_000)
        let release = try SampleRelease.make(["m.bin": bytes], in: directory)
        // One before a restart, one after it.
        let first = try harness.make(environment: ["TOKEN": "good"])
        let registry = try harness.make(environment: ["TOKEN": "good"])
        do {
          let outcome = try await Publisher(registry).publish(release, from: try await before(first, release))
          await registry.shutdown()
          await first.shutdown()
          #expect(await server.held(outcome.version.id) == ["m.bin": bytes])
          return outcome
        } catch {
          await registry.shutdown()
          await first.shutdown()
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
    #expect(await server.count("GET file") == 0, "the store's digests of the parts prove them")
    #expect(await server.openUploads == 0)
  }

  @Test func `is read back where the store's ETags are no digests`() async throws {
    let server = MLflowServer(offersMultipart: true, areTagsDigests: false)
    let outcome = try await publish(server)
    #expect(outcome.faults.isEmpty)
    #expect(await server.count("PUT store") == 3)
    #expect(await server.count("GET file") == 1)
  }

  /// All that is stored of an upload in its middle.
  private func kept(_ progress: Publisher.Progress) -> String {
    progress.session.state.canonical + progress.receipts.map(\.token).joined()
  }

  @Test(arguments: [JSON.empty, ["token": ["env": "TOKEN"]], ["username": "u", "password": ["env": "TOKEN"]]])
  func `goes on after a restart with the addresses it had, which lie sealed in its session`(_ login: JSON) async throws
  {
    let server = MLflowServer(offersMultipart: true)
    let outcome = try await publish(server, login) { registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      #expect(!kept(progress).contains("hunter2") && !kept(progress).contains("http"))
      return progress
    }
    #expect(outcome.faults.isEmpty)
    #expect(await server.count("PUT store") == 3)
    #expect(await server.count("POST mpu/create") == 1)
  }

  @Test func `asks for new addresses when the key that sealed them has changed, and gives the parts up`() async throws {
    let server = MLflowServer(offersMultipart: true)
    let outcome = try await publish(server) { registry, release in
      let other = try MLflowHarness(
        server: server, endpoint: registry.client.endpoint, options: .empty, partBytes: 100_000, seal: "other"
      ).make()
      var progress = Publisher.Progress(try await other.open(release))
      try await Publisher(other).send(release, &progress, most: 2)
      await other.shutdown()
      return progress
    }
    #expect(outcome.faults.isEmpty)
    #expect(await server.count("POST mpu/create") == 2)
    #expect(await server.count("POST mpu/abort") == 1)
    #expect(await server.count("PUT store") == 5)
    #expect(await server.openUploads == 0)
  }

  @Test func `goes on with addresses that an earlier release stored in clear, and seals them`() async throws {
    let server = MLflowServer(offersMultipart: true)
    let outcome = try await publish(server) { registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      let multipart = try #require(try registry.read(progress.session).multipart.first)
      progress.session.state["multipart"] = [
        [
          "file": 0, "path": "m.bin", "upload": .string(multipart.upload), "part": 100_000,
          "first": .int(Int64(multipart.first)),
          "urls": .array(
            multipart.credentials.map { ["url": .string($0.url), "headers": ["x-store": "yes"]] }),
        ]
      ]
      #expect(kept(progress).contains("hunter2"))
      let plan = try await registry.remaining(of: progress.session, for: release, receipts: progress.receipts)
      #expect(!plan.session.state.canonical.contains("hunter2"))
      return progress
    }
    #expect(outcome.faults.isEmpty)
    #expect(await server.count("PUT store") == 3)
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
