import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `Synapse with faults` {
  static let everyCall: [(SynapseCall, [SynapseFault])] = SynapseCall.publishing.flatMap { call in
    [
      [SynapseFault.answerLost], [.statusAfter(502)], [.resetMidBody], [.status(503)], [.status(500)], [.garbage],
      [.status(429, retryAfter: "7")], [.none, .answerLost], [.answerLost, .answerLost],
    ].map { (call, $0) }
  }

  /// Publishes one file in parts of 256 KiB; checks that there is one model and that it holds the file.
  private func publish(
    _ server: SynapseServer, files: [String: [UInt8]] = ["m.bin": SampleRelease.bytes(1_500_000)], options: JSON? = nil,
    part: Int64 = 256 * 1024
  ) async throws -> Publisher.Outcome {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        var harness = SynapseHarness(server: server, endpoint: endpoint)
        harness.largestPart = part
        if let options { harness.options = options }
        let release = try SampleRelease.make(files, in: directory, options: harness.options)
        let registry = try harness.make()
        let outcome: Publisher.Outcome
        do {
          outcome = try await Publisher(registry).publish(release)
        } catch {
          await registry.shutdown()
          throw error
        }
        await registry.shutdown()
        let models = await server.allModels
        #expect(models.count == 1)
        if files.count == 1 { #expect(await server.content(ofModel: outcome.version.id) == files.values.first) }
        #expect(await server.overlaps == 0)
        return outcome
      }
    }
  }

  @Test(arguments: everyCall.indices)
  func `publishes one whole model whichever call fails, however it fails`(_ index: Int) async throws {
    let (call, faults) = Self.everyCall[index]
    let server = SynapseServer()
    for fault in faults { await server.plan(call, fault) }
    let outcome = try await publish(server, files: ["m.bin": SampleRelease.bytes(400_000)], part: 100_000)
    // The fault was met, unless the way never leads over that call.
    if call != .state { #expect(await server.count(call) >= 1) }
    #expect(outcome.faults.allSatisfy { !$0.isPermanent })
  }

  @Test func `says what it cannot remove, and nothing of what is gone`() async throws {
    let server = SynapseServer()
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = SynapseHarness(server: server, endpoint: endpoint)
        let release = try SampleRelease.make(["m.bin": [1, 2, 3]], in: directory, options: harness.options)
        let registry = try harness.make()
        let opening = try await registry.open(release)
        let upload = AbandonedUpload(session: opening.session)
        let fault = await #expect(throws: Fault.self) { try await registry.abandon(upload, of: release) }
        #expect(fault?.isPermanent == true && fault?.code == .unsupported)
        #expect(registry.holdings(of: opening.session).count == 1)
        await server.forgetUploads()
        try await registry.abandon(upload, of: release)
        await registry.shutdown()
      }
    }
  }

  @Test func `does not send again what arrived although its answer was lost`() async throws {
    let server = SynapseServer()
    await server.plan(.chunk, .none, .answerLost, .none, .answerLost)
    let outcome = try await publish(server)
    #expect(outcome.opens == 1)
    #expect(await server.received == 1_500_000)
  }

  @Test func `waits for a part that is still on its way before it sends another`() async throws {
    let server = SynapseServer()
    await server.plan(.chunk, .late(states: 1))
    let outcome = try await publish(server)
    #expect(outcome.opens == 1)
    #expect(await server.overlaps == 0)
    #expect(await server.received == 1_500_000)
  }

  @Test func `begins again when the backend holds other bytes than were sent`() async throws {
    for fault in [SynapseFault.corrupt, .torn] {
      let server = SynapseServer()
      await server.plan(.chunk, .none, fault)
      let outcome = try await publish(server)
      #expect(outcome.opens == 2)
      #expect(outcome.faults.contains { $0.code == .sessionExpired })
    }
  }

  @Test(arguments: [404, 410]) func `begins again when the upload is gone`(_ status: Int) async throws {
    let server = SynapseServer()
    await server.plan(.chunk, .none, .status(status))
    let outcome = try await publish(server)
    #expect(outcome.opens == 2)
    #expect(outcome.faults.map(\.code) == [.sessionExpired])
  }

  @Test func `realigns when the backend says another offset`() async throws {
    let server = SynapseServer()
    await server.plan(.chunk, .offsetOff(by: -5), .none, .offsetOff(by: 5))
    let outcome = try await publish(server)
    #expect(outcome.opens == 1)
    #expect(outcome.faults.map(\.code) == [.misaligned, .misaligned])
  }

  @Test func `sends smaller parts when larger ones are refused`() async throws {
    let server = SynapseServer()
    await server.limit(body: 200 * 1024)
    let outcome = try await publish(server, part: 1024 * 1024)
    #expect(outcome.opens == 1)
    #expect(await server.received == 1_500_000)
  }

  @Test func `ends when not even the smallest part is taken`() async throws {
    let server = SynapseServer()
    await server.limit(body: 10)
    await #expect(throws: Fault.self) { try await publish(server) }
    #expect(await server.allModels.isEmpty)
  }

  @Test func `carries the far side's wish to wait`() async throws {
    let server = SynapseServer()
    await server.plan(.chunk, .status(429, retryAfter: "7"))
    let outcome = try await publish(server)
    let fault = try #require(outcome.faults.first)
    #expect(fault.code == .throttled)
    #expect(fault.retryAfter == .seconds(7))
    #expect(fault.effect == .none)
  }

  @Test func `adopts a model whose registration was answered with an error`() async throws {
    let server = SynapseServer()
    await server.plan(.createModel, .statusAfter(500))
    let outcome = try await publish(server)
    #expect(outcome.commits == 1)
    #expect(await server.count(.createModel) == 1)
  }

  @Test func `a refused plugin is final and says why`() async throws {
    let server = SynapseServer()
    await server.plan(.createModel, .status(400, body: "{\"plugin\":[\"No such plugin.\"]}"))
    let fault = await #expect(throws: Fault.self) { try await publish(server) }
    #expect(fault?.code == .rejected)
    #expect(fault?.isPermanent == true)
    #expect(fault?.message.contains("No such plugin.") == true)
  }

  @Test func `an empty file is refused before anything is sent`() async throws {
    let server = SynapseServer()
    let fault = await #expect(throws: Fault.self) { try await publish(server, files: ["empty.bin": []]) }
    #expect(fault?.isPermanent == true)
    #expect(await server.count(.firstChunk) == 0)
  }

  @Test func `never frames a part without its length, and counts its ranges in the whole`() async throws {
    let server = SynapseServer()
    _ = try await publish(server, part: 500_000)
    #expect(
      await server.ranges == ["bytes 0-499999/1500000", "bytes 500000-999999/1500000", "bytes 1000000-1499999/1500000"])
    #expect(await server.tenants == ["Token acme"])
  }
}
