import SwiftProtobuf
import Synchronization
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport
import TrainViam

@Suite struct `A Viam package` {
  private static let large = ["model.tar.gz": SampleRelease.bytes(3 * 1024 * 1024 + 5)]

  private func with(
    _ files: [String: [UInt8]] = large, options: JSON = .empty,
    _ work: @Sendable (ViamRegistryHarness, ViamRegistry, Release) async throws -> Void
  ) async throws {
    try await ViamRegistryHarness.run { harness in
      try await TemporaryDirectory.with { directory in
        let release = try SampleRelease.make(files, in: directory, options: options)
        let registry = try harness.make()
        do {
          try await work(harness, registry, release)
        } catch {
          await registry.shutdown()
          throw error
        }
        await registry.shutdown()
      }
    }
  }

  @Test func `carries what machines load it with, the marker and where it comes from`() async throws {
    try await with(options: ["name": "hats", "framework": "onnx", "type": "object-detection"]) {
      harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.version.id == "org-1/hats@1.0.0")
      let metadata = try #require(harness.viam.metadata(of: outcome.version.id)).fields.mapValues { JSON($0) }
      #expect(metadata["model_framework"] == "onnx")
      #expect(metadata["model_type"] == "object_detection")
      #expect(metadata["traind"]?["artifact"] == .string(release.artifact.digest))
      #expect(metadata["traind"]?["provenance"]?["remote_id"] == "run-1")
      #expect(harness.viam.largestMessage <= 1024 * 1024)
    }
  }

  @Test func `of files is a tar that is the same every time`() async throws {
    let long = "deep/" + String(repeating: "x", count: 120) + "/ü.bin"
    let files = [long: SampleRelease.bytes(70_000), "empty": [], "exact": SampleRelease.bytes(1024)]
    let seen = Mutex<Set<[UInt8]>>([])
    for _ in 0..<2 {
      try await with(files) { harness, registry, release in
        let opening = try await registry.open(release)
        let outcome = try await Publisher(registry).publish(release)
        #expect(outcome.faults.isEmpty)
        let bytes = try #require(harness.viam.package(outcome.version.id))
        #expect(opening.total == Int64(bytes.count))
        let contents = try await TarReader.contents(ofGzip: bytes)
        #expect(contents == files)
        seen.withLock { _ = $0.insert(bytes) }
      }
    }
    #expect(seen.withLock { $0.count } == 1)
  }

  @Test func `that is cut costs the whole of it, and leaves nothing`() async throws {
    try await with { harness, registry, release in
      harness.viam.cutPackages(after: 2 * 1024 * 1024)
      let outcome = try await Publisher(registry).publish(release)
      // Seen while it sends, or, when all of it was on its way already, before it ends the call.
      #expect(outcome.faults.count == 1)
      #expect(outcome.faults.allSatisfy { [.unavailable, .sessionExpired].contains($0.code) })
      #expect(outcome.faults.allSatisfy { $0.effect == .none })
      #expect(outcome.opens == (outcome.faults.first?.code == .sessionExpired ? 2 : 1))
      #expect(harness.viam.received >= 5 * 1024 * 1024)
      #expect(harness.viam.packageCount == 1)
    }
  }

  @Test func `whose daemon died before its end is sent again`() async throws {
    try await with { harness, first, release in
      var progress = Publisher.Progress(try await first.open(release))
      try await Publisher(first).send(release, &progress)
      await first.shutdown()
      #expect(harness.viam.packageCount == 0)
      let second = try harness.make()
      let outcome = try await Publisher(second).publish(release, from: progress)
      await second.shutdown()
      #expect(harness.viam.package(outcome.version.id) == Self.large["model.tar.gz"])
      #expect(harness.viam.packageCount == 1)
    }
  }

  @Test func `whose upload is interrupted in its middle is broken off`() async throws {
    try await with { harness, registry, release in
      let opening = try await registry.open(release)
      let plan = try await registry.remaining(of: opening.session, for: release, receipts: [])
      let pace = HeldPace(from: 2 * 1024 * 1024)
      let sending = Task { try await registry.send(plan.parts[0], of: release, in: plan.session, pace: pace) }
      await pace.reached()
      sending.cancel()
      let fault = await #expect(throws: Fault.self) { try await sending.value }
      #expect(fault?.effect == Fault.Effect.none)
      await pace.release()
      let end = ContinuousClock.now + .seconds(30)
      while harness.viam.openStreams > 0, ContinuousClock.now < end { await Task.yield() }
      #expect(harness.viam.openStreams == 0)
      #expect(harness.viam.packageCount == 0)
    }
  }

  @Test func `that is given up is broken off`() async throws {
    try await with { harness, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress)
      #expect(harness.viam.openStreams == 1)
      try await registry.abandon(AbandonedUpload(session: progress.session), of: release)
      let end = ContinuousClock.now + .seconds(30)
      while harness.viam.openStreams > 0, ContinuousClock.now < end { await Task.yield() }
      #expect(harness.viam.openStreams == 0)
      #expect(harness.viam.packageCount == 0)
      let fault = await #expect(throws: Fault.self) {
        try await registry.seal(progress.session, for: release, receipts: progress.receipts)
      }
      #expect(fault?.code == .sessionExpired)
    }
  }

  @Test(
    arguments: ["Authenticate", "GetPackage", "CreatePackage"],
    [
      FakeViam.Trouble.refuse(.unavailable), .lose(.unavailable), .lose(.deadlineExceeded), .refuse(.resourceExhausted),
      .refuse(.internalError), .lose(.unknown), .refuse(.aborted),
    ])
  func `is published once whatever is answered to any call`(_ method: String, _ trouble: FakeViam.Trouble) async throws
  {
    let files = ["model.tar.gz": SampleRelease.bytes(100_000)]
    for skip in 0..<4 {
      try await with(files) { harness, registry, release in
        harness.viam.trouble(method, after: skip, trouble)
        let outcome = try await Publisher(registry).publish(release)
        #expect(harness.viam.packageCount == 1)
        #expect(harness.viam.package(outcome.version.id) == files["model.tar.gz"])
        #expect(outcome.faults.allSatisfy { !$0.isPermanent })
      }
    }
  }

  @Test(arguments: ["GetPackage", "CreatePackage"])
  func `is published although a token ran out`(_ method: String) async throws {
    try await with { harness, registry, release in
      harness.viam.trouble(method, after: 0, .refuse(.unauthenticated))
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(harness.viam.package(outcome.version.id) == Self.large["model.tar.gz"])
    }
  }

  @Test func `that is there with the same bytes and no marker is adopted`() async throws {
    try await with { harness, registry, release in
      harness.viam.addPackage("hat", "1.0.0", try #require(Self.large["model.tar.gz"]))
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.adopted)
      #expect(harness.viam.calls(of: "CreatePackage") == 0)
    }
  }

  @Test func `that is there with other bytes and no marker is foreign`() async throws {
    try await with { harness, registry, release in
      harness.viam.addPackage("hat", "1.0.0", [1, 2, 3])
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.code == .alreadyExists)
      #expect(fault?.message.contains(release.artifact.digest) == true)
      #expect(harness.viam.calls(of: "CreatePackage") == 0)
    }
  }

  @Test func `is recognised by its bytes where Viam shows no metadata`() async throws {
    for files in [Self.large, ["a": [1], "b/c": [2]]] {
      try await with(files) { harness, registry, release in
        harness.viam.hideMetadata()
        let outcome = try await Publisher(registry).publish(release)
        #expect(try await registry.find(release) == .ours(outcome.version))
        harness.viam.damagePackage(outcome.version.id)
        guard case .foreign = try await registry.find(release) else {
          Issue.record("other bytes were adopted")
          return
        }
      }
    }
  }

  @Test func `has its publication's problems named`() async throws {
    try await with { harness, registry, _ in
      func problems(_ options: JSON, model: String = "hat") -> [String] {
        let publication = JobSpec.Publication(registry: "viam", options: options)
        let spec = JobSpec(
          name: "hat", provider: "here", modelName: model, version: .fixed("1"), train: .empty, publish: [publication],
          written: .empty)
        return registry.problems(in: publication, of: spec).map { "\($0.path): \($0.message)" }
      }
      #expect(problems([:]).isEmpty)
      #expect(problems(["name": "x", "framework": "tflite", "type": "object-detection"]).isEmpty)
      #expect(problems([:], model: "a.b").first?.hasPrefix("publish[0].name: 'a.b' holds '.'") == true)
      for options: JSON in [["name": 1], ["name": "a b"], ["framework": "caffe"], ["type": 1], ["tpye": "x"]] {
        #expect(problems(options).count == 1, "\(options)")
      }
    }
  }
}
