import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainRegistries

@Suite struct `A version in an OCI registry` {
  private func with<Answer: Sendable>(
    _ server: OCIServer = OCIServer(), options: JSON = .empty, settings: JSON = .empty,
    files: [String: [UInt8]] = ["m.bin": SampleRelease.bytes(250_000), "notes.txt": [7]],
    _ work: @Sendable (OCIHarness, OCIRegistry, Release) async throws -> Answer
  ) async throws -> Answer {
    try await TemporaryDirectory.with { directory in
      try await server.serve { endpoint in
        let harness = OCIHarness(
          server: server, endpoint: endpoint, options: options, settings: settings, largestPart: 100_000)
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

  @Test func `is a ModelPack manifest that says where it comes from`() async throws {
    let server = OCIServer()
    try await with(server, options: ["annotations": ["team": "safety"]]) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      let manifest = try #require(await server.manifest("1.0.0", in: "hat"))
      #expect(outcome.version.id.hasSuffix("/hat:1.0.0@\(OCIServer.digest(Array(manifest.canonical.utf8)))"))
      #expect(manifest["artifactType"] == "application/vnd.cncf.model.manifest.v1+json")
      #expect(manifest["config"]?["mediaType"] == "application/vnd.cncf.model.config.v1+json")
      #expect(manifest["layers"]?.array?.count == 2)
      #expect(manifest["layers"]?.array?.first?["mediaType"] == "application/vnd.cncf.model.weight.v1.raw")
      let annotations = try #require(manifest["annotations"])
      #expect(annotations["team"] == "safety")
      #expect(annotations["traind.artifact"] == .string(release.artifact.digest))
      #expect(annotations["org.opencontainers.image.version"] == "1.0.0")
      let config = try #require(await server.blob(manifest["config"]?["digest"]?.string ?? "", in: "hat"))
      let json = try #require(JSON(parsing: String(decoding: config, as: UTF8.self)))
      #expect(json["descriptor"]?["name"] == "hat")
      #expect(json["modelfs"]?["diffIds"]?.array == manifest["layers"]?.array?.compactMap { $0["digest"] })
    }
  }

  @Test func `sends no blob that is there, and mounts what another repository has`() async throws {
    let large = SampleRelease.bytes(250_000)
    let server = OCIServer()
    await server.add(large, to: "hat")
    await server.add([7], to: "shared/all")
    try await with(server, options: ["mount_from": "shared/all"]) { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(await server.count("PATCH upload") == 0)
      #expect(try await harness.held(outcome.version) == ["m.bin": large, "notes.txt": [7]])
    }
  }

  @Test func `sends the same bytes once, whatever they are called`() async throws {
    let bytes = SampleRelease.bytes(1000)
    let server = OCIServer()
    try await with(server, files: ["a": bytes, "b": bytes, "c": [], "d": []]) { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(try await harness.held(outcome.version) == ["a": bytes, "b": bytes, "c": [], "d": []])
      #expect(await server.count("POST uploads") == 3)
    }
  }

  @Test func `goes on after a restart at another host's place, which lies sealed`() async throws {
    let server = OCIServer()
    try await with(server) { harness, first, release in
      await server.sendUploads(to: harness.endpoint.replacing("127.0.0.1", with: "localhost"))
      var progress = Publisher.Progress(try await first.open(release))
      try await Publisher(first).send(release, &progress, most: 2)
      let kept = progress.session.state.canonical + progress.receipts.map(\.token).joined()
      #expect(!kept.contains("_state") && !kept.contains("localhost"))
      let second = try harness.make()
      let outcome = try await Publisher(second).publish(release, from: progress)
      await second.shutdown()
      #expect(outcome.opens == 0)
      #expect(outcome.faults.isEmpty)
      #expect(await server.count("PATCH upload") == 3)
    }
  }

  @Test(arguments: [false, true]) func `goes on where the registry is, if the registry can tell`(
    _ forgives: Bool
  ) async throws {
    let server = OCIServer()
    if forgives { await server.forgivePlaces() }
    try await with(server) { harness, first, release in
      var progress = Publisher.Progress(try await first.open(release))
      try await Publisher(first).send(release, &progress, most: 2)
      // The answer to the second part was lost with the daemon.
      progress.receipts.removeLast()
      let second = try harness.make()
      let plan = try await second.remaining(of: progress.session, for: release, receipts: progress.receipts)
      #expect(plan.sent == (forgives ? 200_000 : 0))
      _ = try await Publisher(second).publish(release, from: progress)
      await second.shutdown()
      #expect(await server.received > (forgives ? 250_000 : 449_999))
      if forgives { #expect(await server.count("PATCH upload") == 3) }
    }
  }

  @Test func `is uploaded to the place that the registry means`() async throws {
    let server = OCIServer()
    await server.sayAbsolutePlaces()
    try await with(server) { harness, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      #expect(try await harness.held(outcome.version).count == 2)
    }
  }

  @Test(arguments: [
    OCIServer.Access.basic(user: "eva", password: "good"), .exchanged(user: "eva", password: "good"), .bearer("good"),
  ]) func `is published with what the registry asks for`(_ access: OCIServer.Access) async throws {
    let login: JSON = ["username": "eva", "password": ["env": "PASSWORD"]]
    let settings = if case .bearer = access { ["token": ["env": "PASSWORD"]] as JSON } else { login }
    let server = OCIServer(access)
    try await with(server, settings: settings) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      if case .exchanged = access { #expect(await server.scopes == [["repository:hat:pull,push"]]) }
    }
    await server.set(access: .basic(user: "eva", password: "other"))
    try await with(server, settings: settings) { _, registry, release in
      let fault = await #expect(throws: Fault.self) { try await registry.find(release) }
      #expect(fault?.code == .unauthorized)
      #expect(!"\(String(describing: fault))".contains("good"))
    }
  }

  @Test func `is what an alias names, and what it names again`() async throws {
    let server = OCIServer()
    try await with(server, options: ["tag": "first"]) { _, registry, release in
      let first = try await Publisher(registry).publish(release).version
      #expect(try await registry.target(of: "production", for: release) == nil)
      for _ in 0..<2 { try await registry.point("production", at: first, from: nil, for: release) }
      #expect(try await registry.target(of: "production", for: release) == first)
      var next = release
      next.options = ["tag": "second"]
      let second = try await Publisher(registry).publish(next).version
      try await registry.point("production", at: second, from: nil, for: next)
      #expect(try await registry.target(of: "production", for: release) == second)
      try await registry.point("production", at: first, from: nil, for: next)
      #expect(try await registry.target(of: "production", for: next) == first)
      for _ in 0..<2 { try await registry.point("production", at: nil, from: nil, for: release) }
      #expect(try await registry.target(of: "production", for: release) == nil)
      await #expect(throws: Fault.self) { try await registry.target(of: "a/b", for: release) }
    }
  }

  @Test func `is seen to be changed when its tag names another manifest`() async throws {
    let server = OCIServer()
    try await with(server) { _, registry, release in
      let outcome = try await Publisher(registry).publish(release)
      var manifest = try #require(await server.manifest("1.0.0", in: "hat"))
      manifest["annotations"]?["more"] = "said"
      await server.tag("1.0.0", in: "hat", as: manifest)
      let fault = await #expect(throws: Fault.self) { try await registry.verify(outcome.version, for: release) }
      #expect(fault?.code == .corrupted)
    }
  }

  @Test func `given up leaves no upload behind`() async throws {
    let server = OCIServer()
    try await with(server) { _, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      #expect(await server.openUploads == 1)
      try await registry.abandon(AbandonedUpload(session: progress.session), of: release)
      #expect(await server.openUploads == 0)
    }
  }

  @Test func `is given up by whoever knows only its receipts`() async throws {
    let server = OCIServer()
    try await with(server) { harness, registry, release in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      let another = try harness.make()
      let upload = AbandonedUpload(session: progress.session, receipts: progress.receipts)
      try await another.abandon(upload, of: release)
      await another.shutdown()
      #expect(await server.openUploads == 0)
      #expect(registry.holdings(of: progress.session).allSatisfy { !$0.contains("?") })
    }
  }

  @Test func `has a name that the specification allows`() {
    for name in ["hat", "a/b/c", "a.b_c__d--e9", "0"] { #expect(OCIReference.isRepository(name), "\(name)") }
    for name in ["", "Hat", "a//b", "/a", "a/", "a..b", "a.-b", "-a", "a_", "a___b", "ä"] {
      #expect(!OCIReference.isRepository(name), "\(name)")
    }
    for tag in ["1.0.0", "_x", String(repeating: "a", count: 128)] { #expect(OCIReference.isTag(tag), "\(tag)") }
    for tag in ["", ".a", "-a", "a+b", "a/b", String(repeating: "a", count: 129)] { #expect(!OCIReference.isTag(tag)) }
    #expect(OCIReference.tag(ofVersion: "1.0.0+linux") == "1.0.0_linux")
  }

  @Test func `is understood by what it is challenged with`() {
    #expect(
      OCIChallenge.parse("Bearer realm=\"https://a/t?x=1\",service=\"s, \\\"q\\\"\", scope=a:b:pull , Basic realm=r")
        == [
          OCIChallenge(
            scheme: "bearer", parameters: ["realm": "https://a/t?x=1", "service": "s, \"q\"", "scope": "a:b:pull"]),
          OCIChallenge(scheme: "basic", parameters: ["realm": "r"]),
        ])
    #expect(OCIChallenge.parse(" ,, ").isEmpty)
    #expect(OCIChallenge.parse("Negotiate").map(\.scheme) == ["negotiate"])
    #expect(OCIChallenge.parse("Bearer realm=\"open").first?.parameters["realm"] == "open")
  }
}
