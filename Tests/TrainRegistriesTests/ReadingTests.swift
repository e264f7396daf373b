import Testing
import TrainCore
import TrainRegistries
import TrainTestKit
import TrainTransport

/// The digests that registries need are taken when the artifact is fetched. After that it is read to be sent, once for each
/// registry, but for what only the registry's own parts have: S3 signs the digest of each.
@Suite struct `A file that is published in several registries` {
  private static let path = "model.bin"

  /// Of one file that is published once.
  private func readings(_ bytes: Int, options: JSON = .empty, _ registry: any Registry) async throws -> Int {
    try await TemporaryDirectory.with { directory in
      let release = try SampleRelease.make([Self.path: SampleRelease.bytes(bytes)], in: directory, options: options)
      let reads = try FileReads(of: "\(directory)/\(Self.path)")
      let outcome = try await Publisher(registry).publish(release)
      #expect(outcome.faults.isEmpty)
      if case .ours = try await registry.find(release) {} else { Issue.record("it was not published") }
      return reads.count()
    }
  }

  private let secrets = SecretResolver(credentialsDirectory: nil, environment: FarRegistries.environment)

  @Test func `is read once for each`() async throws {
    let far = FarRegistries(time: RealTime())
    let counted = try await far.serve { addresses -> [String: Int] in
      func settings(_ name: String, _ more: JSON = .empty) -> ConnectionConfig {
        var settings: JSON = ["endpoint": .string(addresses[name] ?? "")]
        for (key, value) in more.object ?? [:] { settings[key] = value }
        return ConnectionConfig(name: name, kind: name, settings: settings)
      }
      let bucket = try S3Registry(
        settings(
          "bucket", ["bucket": "models", "access_key": ["env": "S3_ID"], "secret_key": ["env": "S3_SECRET"]]),
        secrets: secrets, proxies: .none, time: RealTime())
      let images = try OCIRegistry(
        settings("images", ["username": "traind", "password": ["env": "OCI_PASSWORD"]]), secrets: secrets,
        seal: Secret("seal"), proxies: .none, time: RealTime())
      let flow = try MLflowRegistry(
        settings("flow"), secrets: secrets, seal: Secret("seal"), proxies: .none, time: RealTime())
      let tfy = try TrueFoundryRegistry(
        settings("tfy", ["api_key": ["env": "TFY_KEY"]]), secrets: secrets, proxies: .none, time: RealTime())
      let machines = try ViamRegistry(
        settings(
          "machines",
          [
            "organization": .string(FakeViam.organization), "api_key_id": .string(FakeViam.keyID),
            "api_key": ["env": "VIAM_KEY"],
          ]), secrets: secrets, proxies: .none, time: RealTime())
      var counted: [String: Int] = [:]
      for (name, registry) in [
        ("bucket", bucket), ("images", images), ("flow", flow), ("tfy", tfy), ("machines", machines),
      ] as [(String, any Registry)] {
        let options: JSON = name == "tfy" ? ["ml_repo": .string(TrueFoundryServer.repository)] : .empty
        counted[name] = try await readings(3_000_000, options: options, registry)
        await (registry as? any Closable)?.shutdown()
      }
      return counted
    }
    #expect(counted == ["bucket": 1, "images": 1, "flow": 1, "tfy": 1, "machines": 1])
  }

  @Test func `is read once for Synapse, as it is`() async throws {
    let synapse = SynapseServer()
    let counted = try await synapse.serve { endpoint in
      let harness = SynapseHarness(server: synapse, endpoint: endpoint, largestPart: 8 << 20)
      let registry = try harness.make()
      // One part: its first is 1 MiB at most.
      let counted = try await readings(900_000, options: harness.options, registry)
      await registry.shutdown()
      return counted
    }
    #expect(counted == 1)
  }

  @Test func `is read for each part's signature and once to be sent, where S3 takes it in parts`() async throws {
    let server = S3Server()
    let counted = try await server.serve { endpoint in
      let registry = try S3Harness(server: server, endpoint: endpoint, leastPart: 8 << 20).make()
      let counted = try await readings(9_000_000, registry)
      await registry.shutdown()
      return counted
    }
    // Two parts, each twice.
    #expect(counted == 4)
  }

  @Test func `is read once into a directory, whose copy is compared`() async throws {
    try await TemporaryDirectory.with { shelf in
      let counted = try await readings(3_000_000, DirectoryRegistry(path: "\(shelf)/models"))
      #expect(counted == 1)
    }
  }
}
