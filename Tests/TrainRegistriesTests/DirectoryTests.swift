import Foundation
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit

@Suite struct `A directory as a registry` {
  private func with(
    _ files: [String: [UInt8]] = ["m.bin": [1, 2, 3]],
    _ work: (DirectoryHarness, DirectoryRegistry, Release) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let harness = DirectoryHarness(path: "\(directory)/shelf")
      let release = try SampleRelease.make(files, in: "\(directory)/spool")
      try await work(harness, DirectoryRegistry(path: harness.path), release)
    }
  }

  private func manifest(_ harness: DirectoryHarness, _ name: String = "manifest.json") throws -> JSON {
    try JSONDecoder().decode(JSON.self, from: Data(contentsOf: URL(filePath: "\(harness.path)/hat/1.0.0/\(name)")))
  }

  @Test func `writes a manifest of what it holds and where it comes from`() async throws {
    try await with { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.version.id == "hat/1.0.0")
      #expect(outcome.version.url == "file://\(harness.path)/hat/1.0.0")
      let manifest = try manifest(harness)
      #expect(manifest["traind"] == release.marker)
      #expect(manifest["artifact"]?["digest"] == .string(release.artifact.digest))
      #expect(manifest["artifact"]?["files"]?.array?.first?["bytes"] == 3)
      #expect(manifest["provenance"]?["remote_id"] == "run-1")
      #expect(manifest["provenance"]?["train"] == ["dataset": "d"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(harness.path)/.partial").isEmpty)
    }
  }

  @Test func `gives way when the artifact has a manifest of its own`() async throws {
    try await with(["manifest.json": Array("{}".utf8)]) { harness, registry, release in
      _ = try await Publisher(registry).publish(release)
      #expect(try manifest(harness) == .empty)
      #expect(try manifest(harness, "traind-manifest.json")["traind"] == release.marker)
      #expect(try await Publisher(registry).publish(release).adopted)
    }
  }

  @Test func `lets one of two win that race for a version`() async throws {
    try await with { harness, registry, release in
      var other = release
      other.job = JobID("cap@1.0.0")
      var sessions: [(Release, UploadSession)] = []
      for each in [release, other] {
        var progress = Publisher.Progress(try await registry.open(each))
        try await Publisher(registry).send(each, &progress)
        sessions.append((each, try await registry.seal(progress.session, for: each, receipts: progress.receipts)))
      }
      let outcomes = await withTaskGroup(of: Fault?.self) { group in
        for (each, session) in sessions {
          group.addTask {
            do throws(Fault) {
              _ = try await registry.commit(session, for: each)
              return nil
            } catch {
              return error
            }
          }
        }
        return await group.reduce(into: [Fault?]()) { $0.append($1) }
      }
      #expect(outcomes.count { $0 == nil } == 1)
      #expect(outcomes.compactMap { $0?.code } == [.alreadyExists])
      #expect(try await harness.count() == 1)
    }
  }

  @Test func `names both digests of a version that another job published`() async throws {
    try await with { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      var other = release
      other.job = JobID("cap@1.0.0")
      guard case .foreign(_, let why) = try await registry.find(other) else {
        Issue.record("another job's version was adopted")
        return
      }
      #expect(why.contains("hat@1.0.0"))
      #expect(why.contains("cap@1.0.0"))
      #expect(why.components(separatedBy: release.artifact.digest).count == 3)
    }
  }

  @Test func `copies again what a power cut took from a copy that has a receipt`() async throws {
    try await with(["m.bin": SampleRelease.bytes(3000)]) { harness, _, release in
      let registry = DirectoryRegistry(path: harness.path, partLength: 1000)
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 2)
      let partial = try FileManager.default.contentsOfDirectory(atPath: "\(harness.path)/.partial")
      let copy = "\(harness.path)/.partial/\(try #require(partial.first))/m.bin"
      #expect(truncate(copy, 1500) == 0)
      let plan = try await registry.remaining(of: progress.session, for: release, receipts: progress.receipts)
      #expect(plan.parts.map(\.offset) == [1000, 2000])
      #expect(plan.sent == 1000)
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(try await harness.held(outcome.version) == ["m.bin": SampleRelease.bytes(3000)])
    }
  }

  @Test func `copies again what came out damaged`() async throws {
    try await with(["m.bin": SampleRelease.bytes(3000)]) { harness, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress)
      let partial = try FileManager.default.contentsOfDirectory(atPath: "\(harness.path)/.partial")
      try Damage.flip("\(harness.path)/.partial/\(try #require(partial.first))/m.bin")
      let outcome = try await Publisher(registry).publish(release, from: progress)
      #expect(outcome.faults.map(\.code) == [.sessionExpired])
      #expect(try await harness.held(outcome.version) == ["m.bin": SampleRelease.bytes(3000)])
    }
  }

  @Test func `frees what an upload held that will not be finished`() async throws {
    try await with(["deep/m.bin": [1]]) { harness, registry, release in
      let opening = try await registry.open(release)
      try await registry.abandon(AbandonedUpload(session: opening.session), of: release)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(harness.path)/.partial").isEmpty)
      let fault = await #expect(throws: Fault.self) {
        try await registry.remaining(of: opening.session, for: release, receipts: [])
      }
      #expect(fault?.code == .sessionExpired)
    }
  }

  @Test func `frees a copy that nobody heard of, and no other job's`() async throws {
    try await with(["m.bin": [1]]) { harness, registry, release in
      func partials() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(harness.path)/.partial")
      }
      // The same letters, cut elsewhere.
      var other = release
      (other.modelName, other.modelVersion) = ("hat-1.0", "0")
      other.provenance.identity = String(repeating: "a", count: 64)
      var mine = release
      (mine.modelName, mine.modelVersion) = ("hat", "1.0-0")
      let kept = try await registry.open(mine)
      _ = try await registry.open(mine)
      _ = try await registry.open(other)
      try await registry.abandon(AbandonedUpload(session: nil, kept: kept.session), of: mine)
      #expect(try partials().count == 2)
      try await registry.abandon(AbandonedUpload(session: nil), of: mine)
      #expect(try partials().count == 1)
      #expect(registry.holdings(of: kept.session).first?.hasPrefix("\(harness.path)/.partial/hat-1.0-0-") == true)
    }
  }

  @Test func `waits for a directory that is not there yet, and says what to do`() async throws {
    try await with { _, _, release in
      let registry = DirectoryRegistry(path: "\(release.directory)/no/such/place")
      let fault = await #expect(throws: Fault.self) { try await registry.open(release) }
      #expect(fault?.isPermanent == false)
      #expect(fault?.effect == Fault.Effect.none)
      #expect(fault?.message.contains("/no/such/place") == true)
      #expect(fault?.hint?.isEmpty == false)
    }
  }

  @Test(arguments: ["../../escaped", "/etc/passwd", "a/../../b", ".", "", "a//b"])
  func `never writes outside of itself`(_ path: String) async throws {
    try await with { harness, registry, release in
      var hostile = release
      hostile.artifact.files[0].path = path
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(hostile) }
      #expect(fault?.isPermanent == true)
      for name in ["../x", "..", "", ".partial"] {
        var model = release
        model.modelName = name
        await #expect(throws: Fault.self) { try await registry.find(model) }
        await #expect(throws: Fault.self) { try await registry.open(model) }
      }
      let count = try await harness.count()
      #expect(count == 0)
    }
  }

  @Test func `does not follow a link in a model's place`() async throws {
    try await with { harness, registry, release in
      let elsewhere = "\(release.directory)/elsewhere"
      try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
      try FileManager.default.createDirectory(atPath: harness.path, withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: "\(harness.path)/hat", withDestinationPath: elsewhere)
      await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere).isEmpty)
    }
  }

  @Test func `takes no keys of its own`() {
    let publication = JobSpec.Publication(registry: "shelf", options: ["plugin": 1])
    let spec = JobSpec(
      name: "hat", provider: "here", modelName: "hat", version: .auto, train: .empty, publish: [publication],
      written: .empty)
    #expect(DirectoryRegistry(path: "/x").problems(in: publication, of: spec).map(\.path) == ["publish[0].plugin"])
  }
}
