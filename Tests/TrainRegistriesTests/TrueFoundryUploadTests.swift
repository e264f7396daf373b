import Foundation
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `A TrueFoundry upload` {
  private func with<Answer: Sendable>(
    _ server: TrueFoundryServer, options: JSON = ["ml_repo": "vision-models"],
    files: [String: [UInt8]] = ["m.bin": SampleRelease.bytes(100_000)], api: String? = nil,
    time: any TimeSource = InstantTime(),
    _ work: @Sendable (TrueFoundryHarness, TrueFoundryRegistry, Release) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = TrueFoundryHarness(
          server: server, endpoint: endpoint, options: options, time: time, part: 20_000, api: api)
        let release = try SampleRelease.make(files, in: directory, options: options)
        let registry = try harness.make()
        do {
          let answer = try await work(harness, registry, release)
          await registry.shutdown()
          return answer
        } catch {
          await registry.shutdown()
          throw error
        }
      }
    }
  }

  @Test func `commits the user's keys as they were typed, the marker and where it comes from`() async throws {
    let server = TrueFoundryServer()
    let options: JSON = [
      "ml_repo": "vision-models", "description": "d", "metadata": ["rating": 4.5], "framework": ["type": "pytorch"],
      "environment": ["python_version": "3.12"], "version_alias": "v1.0.0", "step": 3,
      "run_id": "0123456789abcdef0123456789abcdef",
    ]
    try await with(server, options: options) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      let manifest = try #require(await server.committed.first?["manifest"])
      for key in ["description", "framework", "environment", "version_alias", "step", "run_id"] {
        #expect(manifest[key] == options[key], "\(key)")
      }
      #expect(manifest["metadata"]?["rating"] == 4.5)
      let marker = try #require(manifest["metadata"]?["traind"])
      #expect(release.isMarked(by: marker))
      #expect(marker["model"] == ["name": "hat", "version": "1.0.0"])
      #expect(marker["provenance"] == release.record["provenance"])
      #expect(marker["held"]?["digest"] == .string(release.artifact.digest))
      #expect(manifest["source"]?["uri"]?.string?.hasPrefix("s3://") == true)
    }
  }

  @Test(arguments: ["svc", "ml"]) func `finds the API's prefix once, whichever it is`(_ prefix: String) async throws {
    let server = TrueFoundryServer()
    await server.answer(at: [prefix])
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      // Once to find it, once to find the repo's id.
      #expect(await server.count("GET ml-repos") == 2)
    }
  }

  @Test func `does not look for a prefix that is given`() async throws {
    let server = TrueFoundryServer()
    await server.answer(at: ["ml"])
    try await with(server, api: "ml") { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      #expect(await server.count("GET ml-repos") == 1)
    }
  }

  @Test func `asks for the addresses of many small files in one call`() async throws {
    let server = TrueFoundryServer()
    let files = Dictionary(uniqueKeysWithValues: (0..<60).map { ("f\($0)", [UInt8($0)]) })
    try await with(server, files: files) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      #expect(await server.count("POST artifact-versions/signed-urls") == 2)
    }
  }

  @Test func `goes on after a restart with the addresses it had, which lie sealed in the receipts`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { harness, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      let kept = progress.receipts.map(\.token).joined() + progress.session.state.canonical
      #expect(!kept.contains("secret") && !kept.contains("X-Amz"))
      let next = try harness.make()
      let outcome = try await Publisher(next).publish(release, from: progress)
      await next.shutdown()
      #expect(outcome.opens == 0)
      #expect(await server.multipartCount == 1)
      #expect(await server.received.count == 5)
      #expect(await server.received.sorted() == (1...5).map { "m.bin#\($0)" })
    }
  }

  @Test func `sends a file again in larger parts when its addresses ran out, and stages nothing new`() async throws {
    let server = TrueFoundryServer()
    let files = ["a.bin": SampleRelease.bytes(1000), "m.bin": SampleRelease.bytes(100_000, seed: 2)]
    try await with(server, files: files) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 3)
      await server.expireAddresses()
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.map(\.code) == [.misaligned])
      #expect(await server.stagedCount == 1)
      #expect(await server.received.sorted() == ["a.bin", "m.bin#1", "m.bin#1", "m.bin#2", "m.bin#2", "m.bin#3"])
    }
  }

  @Test func `does not try addresses that have run out by our own clock`() async throws {
    let server = TrueFoundryServer()
    let time = InstantTime()
    try await with(server, time: time) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      try await time.sleep(until: time.monotonic + .seconds(3601))
      await server.expireAddresses()
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.isEmpty)
      #expect(await server.multipartCount == 2)
    }
  }

  @Test func `does not believe a completion that answers 200 with an error in it`() async throws {
    let server = TrueFoundryServer()
    await server.completeFalsely(2)
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.map(\.code) == [.unavailable, .unavailable])
      #expect(await server.files(of: outcome.version.id)["m.bin"] == SampleRelease.bytes(100_000))
    }
  }

  @Test func `lets the store compare digests where its ETags are none`() async throws {
    let server = TrueFoundryServer()
    await server.store(as: .encrypted)
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.map(\.code) == [.badAnswer])
      #expect(await server.announced == 5)
    }
  }

  @Test func `goes to Azure as blocks`() async throws {
    let server = TrueFoundryServer()
    await server.store(as: .azure)
    let files = ["a.bin": SampleRelease.bytes(1000), "m.bin": SampleRelease.bytes(100_000, seed: 2)]
    try await with(server, files: files) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(await server.files(of: outcome.version.id) == files)
    }
  }

  @Test func `is begun again when the staged version is gone`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { _, registry, release in
      let progress = Publisher.Progress(try await registry.open(release))
      await server.forgetStaged()
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.map(\.code) == [.sessionExpired])
      #expect(outcome.opens == 1)
    }
  }

  @Test func `is given up only while nothing was committed`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await registry.abandon(AbandonedUpload(session: progress.session), of: release)
      #expect(await server.markedFailed.count == 1)
      progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress)
      let session = try await registry.seal(progress.session, for: release, receipts: progress.receipts)
      _ = try await registry.commit(session, for: release)
      let fault = await #expect(throws: Fault.self) {
        try await registry.abandon(AbandonedUpload(session: session, commitAsked: true), of: release)
      }
      #expect(fault?.isPermanent == true)
      #expect(await server.markedFailed.count == 1)
    }
  }

  @Test func `is refused for good when the ML repo is not there`() async throws {
    let server = TrueFoundryServer()
    try await with(server, options: ["ml_repo": "elsewhere"]) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.code == .rejected && fault?.isPermanent == true)
      #expect(fault?.message.contains("elsewhere") == true)
      #expect(await server.stagedCount == 0)
    }
  }

  @Test func `is refused when its alias is another version's`() async throws {
    let server = TrueFoundryServer()
    await server.add(name: "hat", metadata: .empty, alias: "v1")
    try await with(server, options: ["ml_repo": "vision-models", "version_alias": "v1"]) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.code == .alreadyExists && fault?.isPermanent == true)
      #expect(fault?.message.contains("no marker of traind") == true)
    }
  }

  @Test func `stands beside versions of the same model that are not its own`() async throws {
    let server = TrueFoundryServer()
    for number in 0..<150 { await server.add(name: "hat", metadata: ["number": .int(Int64(number))]) }
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      for number in 0..<150 { await server.add(name: "hat", metadata: ["number": .int(Int64(number))]) }
      #expect(try await registry.find(release) == .ours(outcome.version))
    }
  }

  @Test func `goes on with a key that was renewed in its file`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { harness, _, release in
      let path = "\(release.directory)/key"
      try write("good\n", to: path)
      let registry = try harness.make(key: ["file": .string(path)])
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      await server.accept(key: "better")
      let refused = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(refused?.code == .unauthorized)
      try write("better\n", to: path)
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.isEmpty)
      await registry.shutdown()
    }
  }

  @Test func `keeps its key and its addresses out of every fault`() async throws {
    let server = TrueFoundryServer()
    try await with(server) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      await server.expireAddresses()
      await server.accept(key: "other")
      var faults: [Fault] = []
      for _ in 0..<3 {
        do throws(Fault) {
          try await Publisher(registry).send(release, &progress)
        } catch {
          faults.append(error)
        }
      }
      #expect(faults.count == 3)
      #expect(!"\(faults)".contains("secret") && !"\(faults)".contains("Bearer") && !"\(faults)".contains("X-Amz"))
    }
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
