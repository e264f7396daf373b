import Foundation
import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainRegistries

@Suite struct `A version in S3` {
  private func with<Answer: Sendable>(
    _ server: S3Server = S3Server(smallestPart: 100_000), options: JSON = .empty, settings: JSON = .empty,
    files: [String: [UInt8]] = ["m.bin": SampleRelease.bytes(350_000), "odd ü+&/n?=.txt": [7]],
    _ work: @Sendable (S3Harness, S3Registry, Release) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = S3Harness(
          server: server, endpoint: endpoint, options: options, settings: settings, leastPart: 100_000)
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

  @Test func `has its prefix, its metadata, its record, and names that S3 must be told encoded`() async throws {
    let server = S3Server(smallestPart: 100_000)
    let options: JSON = ["prefix": "team/models", "metadata": ["stage": "a b"]]
    try await with(server, options: options) { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.version.id == "s3://models/team/models/hat/1.0.0")
      let manifest = try #require(await server.allObjects["team/models/hat/1.0.0/manifest.json"])
      #expect(manifest.headers["x-amz-meta-stage"] == "a b")
      let json = try #require(JSON(parsing: String(decoding: manifest.bytes, as: UTF8.self)))
      #expect(json["provenance"] == release.record["provenance"])
      #expect(json["metadata"]?["stage"] == "a b")
      #expect(try await harness.held(outcome.version).keys.sorted() == ["m.bin", "odd ü+&/n?=.txt"])
    }
  }

  @Test func `is resumed from a list of parts on several pages`() async throws {
    let server = S3Server(smallestPart: 100_000)
    await server.set(pageSize: 1)
    try await with(server) { harness, first, release in
      var progress = Publisher.Progress(try await first.open(release))
      try await Publisher(first).send(release, &progress, most: 3)
      // Nothing but the far side remembers.
      progress.receipts = []
      let second = try harness.make()
      let plan = try await second.remaining(of: progress.session, for: release, receipts: [])
      #expect(plan.sent == 300_000)
      _ = try await Publisher(second).publish(release, from: progress)
      await second.shutdown()
      #expect(await server.count("put part") == 4)
    }
  }

  @Test func `takes up an upload whose beginning was never heard of`() async throws {
    let server = S3Server(smallestPart: 100_000)
    await server.set(pageSize: 1)
    try await with(server, files: ["a": SampleRelease.bytes(150_000), "b": SampleRelease.bytes(150_000, seed: 2)]) {
      _, registry, release in
      _ = try await registry.open(release)
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.opens == 1)
      #expect(await server.count("create upload") == 2)
      #expect(await server.openUploads == 0)
    }
  }

  @Test func `is published though nobody may look for open uploads`() async throws {
    let server = S3Server(smallestPart: 100_000)
    await server.hideUploads()
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
    }
  }

  @Test func `begins again when its upload is gone`() async throws {
    let server = S3Server(smallestPart: 100_000)
    try await with(server) { harness, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      await server.forgetUploads()
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.map(\.code) == [.sessionExpired])
      #expect(try await harness.held(outcome.version).count == 2)
    }
  }

  @Test func `bears an error that is told after a 200`() async throws {
    let server = S3Server(smallestPart: 100_000)
    await server.breakCompletions(2)
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.map(\.code) == [.unavailable, .unavailable])
      #expect(outcome.opens == 1)
    }
  }

  @Test(arguments: [S3Server.Condition.ignored, .notImplemented])
  func `is published where no condition is kept`(_ condition: S3Server.Condition) async throws {
    let server = S3Server(smallestPart: 100_000)
    await server.set(condition: condition)
    try await with(server) { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(try await registry.find(release) == .ours(outcome.version))
      #expect(try await harness.count() == 1)
    }
  }

  @Test func `of another artifact never shares an object with it`() async throws {
    let server = S3Server(smallestPart: 100_000)
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      let other = try SampleRelease.make(
        ["m.bin": SampleRelease.bytes(10)], in: "\(release.directory)/other", job: JobID("cap@1.0.0"))
      var progress = Publisher.Progress(try await registry.open(other))
      try await Publisher(registry).send(other, &progress)
      try await registry.verify(outcome.version, for: release)
      let fault = await #expect(throws: Fault.self) {
        let sealed = try await registry.seal(progress.session, for: other, receipts: progress.receipts)
        _ = try await registry.commit(sealed, for: other)
      }
      #expect(fault?.code == .alreadyExists)
    }
  }

  @Test func `given up leaves no upload behind`() async throws {
    let server = S3Server(smallestPart: 100_000)
    try await with(server) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      try await registry.abandon(AbandonedUpload(session: progress.session), of: release)
      #expect(await server.openUploads == 0)
    }
  }

  @Test func `leaves nothing behind either of uploads whose opening nobody heard of`() async throws {
    let server = S3Server(smallestPart: 100_000)
    try await with(server) { harness, registry, release in
      var other = release
      other.modelVersion = "1.0.0-other"
      _ = try await registry.open(release)
      let kept = try await registry.open(other)
      #expect(await server.openUploads == 2)
      try await registry.abandon(AbandonedUpload(session: nil, kept: kept.session), of: release)
      #expect(await server.openUploads == 1, "another version's stays")
      try await registry.abandon(AbandonedUpload(session: nil, kept: kept.session), of: other)
      #expect(await server.openUploads == 1, "what is gone on with stays")
      #expect(registry.holdings(of: kept.session).first?.contains("s3://\(server.bucket)/") == true)
    }
  }

  @Test func `is not published by a clock that is wrong, and that is said`() async throws {
    let server = S3Server()
    await server.set(clock: Timestamp(milliseconds: 1_700_000_000_000 + 3_600_000))
    try await with(server) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.message.contains("RequestTimeTooSkewed") == true)
      #expect(fault?.message.contains("our clock says 2023-11-14T22:13:20Z") == true)
      #expect(fault?.hint?.contains("clock") == true)
      #expect(fault?.isPermanent == false)
    }
  }

  @Test func `is refused with a wrong secret, which nobody is shown, and published with one that was renewed`()
    async throws
  {
    let server = S3Server(smallestPart: 100_000)
    try await with(server) { harness, _, release in
      let path = "\(release.directory)/secret"
      try write("wrong+secret\n", to: path)
      var renewed = harness
      renewed.settings = ["secret_key": ["file": .string(path)], "session_token": ["env": "TOKEN"]]
      let registry = try renewed.make()
      await server.accept(token: "session")
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.code == .unauthorized)
      #expect(fault?.message.contains("SignatureDoesNotMatch") == true)
      #expect(!"\(String(describing: fault))".contains("wrong+secret"))
      try write("good/secret+key\n", to: path)
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      await registry.shutdown()
    }
  }

  @Test func `is told which region its bucket is in, and that the bucket is missing`() async throws {
    let server = S3Server()
    await server.set(region: "eu-west-1")
    try await with(server) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.code == .unauthorized)
      #expect(fault?.hint?.contains("region") == true)
    }
    try await with(settings: ["bucket": "other"]) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.isPermanent == false)
      #expect(fault?.hint == "make the bucket other; traind tries again")
    }
  }

  @Test func `never has more than 10,000 parts`() {
    func artifact(_ bytes: Int64) -> Artifact {
      let digests = FileDigests(sha256: "a", md5: "b", crc32c: 0, crc32: 0)
      return Artifact(files: [Artifact.File(path: "m", bytes: bytes, digests: digests)]) { $0 }
    }
    let mebibyte: Int64 = 1024 * 1024
    #expect(S3Opening.part(of: artifact(10), least: 16 * mebibyte) == 16 * mebibyte)
    #expect(S3Opening.part(of: artifact(160_000 * mebibyte), least: 16 * mebibyte) == 16 * mebibyte)
    #expect(S3Opening.part(of: artifact(160_000 * mebibyte + 1), least: 16 * mebibyte) == 17 * mebibyte)
    let session = S3Session(mark: "m", part: S3Opening.part(of: artifact(1 << 42), least: 16 * mebibyte))
    #expect(session.parts(of: artifact(1 << 42))[0].count <= 10_000)
  }

  @Test func `is addressed as its endpoint and style have it`() throws {
    func location(_ endpoint: String?, _ bucket: String, _ style: S3Location.Style) throws -> String {
      let location = try S3Location(endpoint: endpoint, bucket: bucket, region: "eu-west-1", style: style)
      return "\(location.host) \(location.origin)\(location.path(of: "a b"))"
    }
    #expect(
      try location(nil, "models", .auto)
        == "models.s3.eu-west-1.amazonaws.com https://models.s3.eu-west-1.amazonaws.com/a%20b")
    #expect(
      try location(nil, "my.models", .auto)
        == "s3.eu-west-1.amazonaws.com https://s3.eu-west-1.amazonaws.com/my.models/a%20b")
    #expect(
      try location("http://ceph:7480/base/", "models", .auto) == "ceph:7480 http://ceph:7480/base/models/a%20b")
    #expect(
      try location("https://r2.example:443", "models", .virtual) == "models.r2.example https://models.r2.example/a%20b")
    #expect(throws: Fault.self) { try location("https://h?x", "models", .auto) }
    #expect(throws: Fault.self) { try location("https://h", "a/b", .auto) }
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
