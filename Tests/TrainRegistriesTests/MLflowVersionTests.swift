import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

@Suite struct `An MLflow version` {
  private func with<Answer: Sendable>(
    _ server: MLflowServer, options: JSON = .empty, settings: JSON = .empty, environment: [String: String] = [:],
    files: [String: [UInt8]] = ["model.tar.gz": SampleRelease.bytes(5_000)], partBytes: Int64 = 1024 * 1024,
    _ work: @Sendable (MLflowRegistry, Release) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = MLflowHarness(
          server: server, endpoint: endpoint, options: options, settings: settings, partBytes: partBytes)
        var release = try SampleRelease.make(files, in: directory, options: options)
        release.provenance.train = ["dataset": "d", "script": ["arguments": ["lr[0]": 0.5]], "tags": ["a", "b"]]
        release.provenance.metrics = ["loss": 0.25, "broken": .nan]
        let registry = try harness.make(environment: environment)
        do {
          let answer = try await work(registry, release)
          await registry.shutdown()
          return answer
        } catch {
          await registry.shutdown()
          throw error
        }
      }
    }
  }

  @Test func `carries the user's keys, the marker and where it comes from`() async throws {
    let server = MLflowServer()
    let options: JSON = [
      "name": "hats", "experiment": "ours", "run_name": "r", "description": "d", "tags": ["team": "vision", "n": 3],
    ]
    try await with(server, options: options) { registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.version.id == "hats/1")
      #expect(outcome.version.url?.hasSuffix("/#/models/hats/versions/1") == true)
      let version = try #require(await server.version("hats/1"))
      let tags = Dictionary(
        uniqueKeysWithValues: (version["tags"]?.array ?? []).map {
          ($0["key"]?.string ?? "", $0["value"]?.string ?? "")
        })
      #expect(version["description"] == "d")
      #expect(tags["team"] == "vision")
      #expect(tags["n"] == "3")
      #expect(tags["traind.artifact"] == release.artifact.digest)
      #expect(tags["traind.version"] == "1.0.0")
      #expect(tags["traind.dataset"] == "d")
    }
  }

  @Test func `shows what its training was told and what it measured`() async throws {
    let server = MLflowServer()
    try await with(server, options: ["experiment": "ours", "run_name": "r"]) { registry, release in
      _ = try await Publisher(registry).publish(release)
      let run = try #require(await server.allRuns.first)
      #expect(run.name == "r")
      #expect(run.experiment == (await server.experiment("ours")))
      #expect(run.status == "FINISHED")
      #expect(run.ended == 2000)
      #expect(run.parameters["train.dataset"] == "d")
      #expect(run.parameters["train.script.arguments.lr_0_"] == "0.5")
      #expect(run.parameters["train.tags"] == "[\"a\",\"b\"]")
      #expect(run.metrics == ["loss 0.25 @2000"])
      #expect(run.tags["traind.job"] == "hat@1.0.0")
    }
  }

  @Test func `is what an alias is pointed at, and no longer`() async throws {
    let server = MLflowServer()
    try await with(server, options: ["name": "hats"]) { registry, release in
      #expect(try await registry.target(of: "champion", for: release) == nil)
      let version = try await Publisher(registry).publish(release).version
      #expect(try await registry.target(of: "champion", for: release) == nil)
      for _ in 0..<2 { try await registry.point("champion", at: version, from: nil, for: release) }
      #expect(try await registry.target(of: "champion", for: release) == version)
      #expect(await server.alias("champion", of: "hats") == 1)
      for _ in 0..<2 { try await registry.point("champion", at: nil, from: nil, for: release) }
      #expect(try await registry.target(of: "champion", for: release) == nil)
    }
  }

  @Test func `is waited for until it is ready`() async throws {
    let server = MLflowServer()
    await server.register(after: 3)
    try await with(server) { registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(await server.count("GET model-versions/get") == 4)
    }
  }

  @Test func `that is not ready for long is a matter of idleTimeout, and no second one is made`() async throws {
    let server = MLflowServer()
    await server.register(after: 20)
    try await with(server) { registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.map(\.code) == [.unavailable])
      #expect(await server.versionCount == 1)
    }
  }

  @Test func `that the server fails to register is final, with its reason`() async throws {
    let server = MLflowServer()
    await server.register(after: 0, failing: "the copy broke")
    try await with(server) { registry, release in
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.isPermanent == true)
      #expect(fault?.message.contains("the copy broke") == true)
    }
  }

  @Test func `is the first of its kind, on whichever page that is`() async throws {
    let server = MLflowServer()
    await server.show(pageSize: 1)
    try await with(server) { registry, release in
      let own = Dictionary(uniqueKeysWithValues: release.facts.map { ($0.name, $0.value) })
      await server.add(version: ["traind.version": "1.0.0", "traind.job": "o@1"], of: "hat")
      for _ in 0..<3 { await server.add(version: own, of: "hat") }
      guard case .foreign(let version, _) = try await registry.find(release) else {
        Issue.record("somebody else's is not foreign")
        return
      }
      #expect(version.id == "hat/1")
      #expect(await server.count("GET model-versions/search") == 4)
    }
  }

  @Test func `made in the same moment as somebody else's is taken back`() async throws {
    let server = MLflowServer()
    try await with(server) { registry, release in
      await server.beforeVersion { server in
        await server.add(version: ["traind.version": "1.0.0", "traind.artifact": "sha256:beef"], of: "hat")
      }
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.code == .alreadyExists)
      #expect(fault?.message.contains("sha256:beef") == true)
      #expect(await server.versionCount == 1)
    }
  }

  /// Ours is there, though somebody was faster, and nobody took it back.
  private func late(_ first: [String: String]) async throws -> Int {
    let server = MLflowServer()
    return try await with(server) { registry, release in
      await server.add(version: first, of: "hat")
      await server.add(
        version: [
          "traind.version": "1.0.0", "traind.job": release.job.description,
          "traind.identity": release.provenance.identity, "traind.artifact": release.artifact.digest,
        ], of: "hat")
      guard case .foreign(let version, _) = try await registry.find(release) else {
        Issue.record("it took it for its own")
        return 0
      }
      #expect(version.id == "hat/1")
      return await server.versionCount
    }
  }

  @Test func `that came after another job's goes when it is looked for, for its maker may have died meanwhile`()
    async throws
  {
    let left = try await late(["traind.version": "1.0.0", "traind.job": "other@9", "traind.artifact": "sha256:beef"])
    #expect(left == 1)
  }

  @Test func `is not removed because somebody gave an older one its tag`() async throws {
    let left = try await late(["traind.version": "1.0.0"])
    #expect(left == 2)
  }

  @Test func `keeps files of every size under their own names`() async throws {
    let files: [String: [UInt8]] = ["empty": [], "deep/er/ü b+c;d'.bin": [1, 2], "z": SampleRelease.bytes(70_000)]
    let server = MLflowServer(offersMultipart: true)
    try await with(server, files: files, partBytes: 30_000) { registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(await server.held(outcome.version.id) == files)
      #expect(await server.count("PUT store") == 3)
    }
  }

  @Test(arguments: ["50%25.bin", "what?.bin", "no#1.bin"])
  func `cannot hold a name that the proxy would change, and says so before anything is made`(_ name: String)
    async throws
  {
    let server = MLflowServer()
    try await with(server, files: [name: [1]]) { registry, release in
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.code == .rejected)
      #expect(await server.allRuns.isEmpty)
    }
  }

  @Test func `is not made where the server's artifacts are out of reach`() async throws {
    for scheme in ["s3://bucket/", "mlflow-artifacts://elsewhere.invalid/", "mlflow-artifacts:/../"] {
      let server = MLflowServer()
      await server.keepArtifacts(at: scheme)
      try await with(server) { registry, release in
        let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
        #expect(fault?.code == .rejected)
        #expect(fault?.message.contains(scheme) == true)
      }
    }
  }

  @Test func `is not made in an experiment that was deleted`() async throws {
    let server = MLflowServer()
    await server.delete(experiment: "Default")
    try await with(server) { registry, release in
      let fault = await #expect(throws: Fault.self) { try await Publisher(registry).publish(release) }
      #expect(fault?.isPermanent == true)
      #expect(fault?.message.contains("'Default' was deleted") == true)
    }
  }

  @Test(
    arguments: [
      (["token": ["env": "S"]], "Bearer hush"), (["username": "eva", "password": ["env": "S"]], "Basic ZXZhOmh1c2g="),
    ] as [(JSON, String)])
  func `is published by whoever the server knows`(_ settings: JSON, _ header: String) async throws {
    let server = MLflowServer(offersMultipart: true)
    await server.require(authorization: header)
    try await with(server, settings: settings, environment: ["S": "hush"], partBytes: 1_000) { registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(await server.count("PUT store") == 5)
      #expect(await server.leaks == 0)
      await server.require(authorization: "Bearer other")
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.code == .unauthorized)
      #expect("\(String(describing: fault))".contains("hush") == false)
    }
  }
}
