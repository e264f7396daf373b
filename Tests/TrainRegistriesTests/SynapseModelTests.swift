import Foundation
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `A Synapse model` {
  private func with<Answer: Sendable>(
    _ server: SynapseServer, options: JSON = ["plugin": "demo-net"], files: [String: [UInt8]] = ["m.bin": [1, 2, 3]],
    _ work: @Sendable (SynapseHarness, SynapseRegistry, Release) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = SynapseHarness(server: server, endpoint: endpoint, options: options)
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

  @Test func `carries the user's keys as they were typed, and the marker`() async throws {
    let server = SynapseServer()
    let options: JSON = [
      "plugin": 12, "version": "1.0", "description": "d", "configuration": ["lr": 0.5], "name": "mine", "checkpoint": 7,
    ]
    try await with(server, options: options) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      let model = try #require(await server.allModels.first)
      #expect(model["name"] == "mine")
      #expect(model["plugin"] == 12)
      #expect(model["version"] == "1.0")
      #expect(model["description"] == "d")
      #expect(model["checkpoint"] == 7)
      #expect(model["configuration"]?["lr"] == 0.5)
      let marker = try #require(model["configuration"]?["traind"])
      #expect(marker["job"] == "hat@1.0.0")
      #expect(marker["artifact"] == .string(release.artifact.digest))
      #expect(marker["uploaded"] == .string(release.artifact.digest))
      #expect(marker["archive"] == "none")
    }
  }

  @Test func `of several files records the archive's own digest`() async throws {
    let server = SynapseServer()
    try await with(server, files: ["a": [1], "b/c": [2]]) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      let content = try #require(await server.content(ofModel: outcome.version.id))
      let marker = try #require(await server.allModels.first?["configuration"]?["traind"])
      #expect(marker["archive"] == "zip")
      #expect(marker["uploaded"] == .string("sha256:\(SampleRelease.digests(of: content).sha256)"))
      #expect(marker["artifact"] == .string(release.artifact.digest))
    }
  }

  @Test(arguments: [true, false])
  func `names the version published before it as its checkpoint`(_ listsConfiguration: Bool) async throws {
    let server = SynapseServer()
    if !listsConfiguration { await server.hideConfigurations() }
    await server.addModel(["name": "hat-other", "configuration": ["lr": 1]])
    await server.addModel(["name": "hat-0.8", "configuration": ["traind": ["model": "hat"]]])
    await server.addModel(["name": "hat-0.9", "configuration": ["traind": ["model": "hat"]]])
    await server.addModel(["name": "hat-2-1.0", "configuration": ["traind": ["model": "hat-2"]]])
    try await with(server, options: ["plugin": "p", "checkpoint": "previous"]) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      #expect(await server.allModels.last?["checkpoint"] == 3)
    }
  }

  @Test func `without one before it has no checkpoint`() async throws {
    let server = SynapseServer()
    try await with(server, options: ["plugin": "p", "checkpoint": "previous"]) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      #expect(await server.allModels.last?["checkpoint"] == nil)
    }
  }

  @Test(arguments: [true, false])
  func `is found on a later page, and no page is fetched from another host`(_ lists: Bool) async throws {
    let server = SynapseServer()
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      for index in 0..<25 { await server.addModel(["name": .string("noise-\(index)"), "configuration": [:]]) }
      if lists { await server.hideConfigurations(pageSize: 10) }
      #expect(try await registry.find(release) == .ours(outcome.version))
    }
  }

  @Test func `of the same digest but another job is foreign`() async throws {
    let server = SynapseServer()
    try await with(server) { _, registry, release in
      _ = try await Publisher(registry).publish(release)
      var other = release
      other.job = JobID("cap@1.0.0")
      guard case .foreign(_, let why) = try await registry.find(other) else {
        Issue.record("another job's model was adopted")
        return
      }
      #expect(why.contains("hat@1.0.0"))
      #expect(why.contains("cap@1.0.0"))
      #expect(why.contains(release.artifact.digest))
    }
  }

  @Test func `is published with a token that was renewed in its file`() async throws {
    let server = SynapseServer()
    try await with(server) { harness, _, release in
      let path = "\(release.directory)/token"
      try write("stale\n", to: path)
      let registry = try harness.make(token: ["file": .string(path)])
      let refused = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(refused?.code == .unauthorized)
      try write("good\n", to: path)
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      await registry.shutdown()
    }
  }

  @Test func `keeps its token out of every fault`() async throws {
    let server = SynapseServer()
    await server.accept(token: "other")
    try await with(server) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.code == .unauthorized)
      #expect(fault?.isPermanent == true)
      #expect(!"\(String(describing: fault))".contains("good"))
    }
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
