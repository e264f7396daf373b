import Foundation
import TrainCore
import TrainTestKit

/// Viam and Synapse, in this process.
struct RemoteWorld: CrashWorld {
  let daemon: RealDaemon
  let provider = "viam"
  let viam: FakeViam
  let synapse: SynapseServer
  /// Bytes of each package, by the model's name.
  var size: @Sendable (String) -> Int = { _ in 1_300_000 }

  static let environment = ["VIAM_KEY": "secret-key", "SYNAPSE_TOKEN": "good"]

  static func providers(_ endpoint: String) -> String {
    """
      viam:
        kind: viam
        organization: \(FakeViam.organization)
        api_key_id: \(FakeViam.keyID)
        api_key: {env: VIAM_KEY}
        endpoint: \(endpoint)
        settle: 300ms

    """
  }

  static func registries(_ endpoint: String) -> String {
    "  synapse: {kind: synapse, endpoint: \(endpoint), token: {env: SYNAPSE_TOKEN}, settle: 300ms}\n"
  }

  static func with<Answer: Sendable>(
    _ work: @escaping @Sendable (RemoteWorld) async throws -> Answer
  ) async throws -> Answer {
    try await serve { viam, synapse, endpoints in
      let config =
        Quick.config + "providers:\n" + providers(endpoints.viam) + "registries:\n" + registries(endpoints.synapse)
      return try await RealDaemon.with(config: config) { daemon in
        let world = RemoteWorld(daemon: daemon, viam: viam, synapse: synapse)
        return try await world.turning { try await work(world) }
      }
    }
  }

  struct Endpoints: Sendable {
    var viam: String
    var synapse: String
  }

  static func serve<Answer: Sendable>(
    _ work: @escaping @Sendable (FakeViam, SynapseServer, Endpoints) async throws -> Answer
  ) async throws -> Answer {
    let viam = FakeViam(time: RealTime())
    let synapse = SynapseServer()
    return try await viam.serve { endpoint in
      try await synapse.serve { base in
        try await work(viam, synapse, Endpoints(viam: endpoint, synapse: base))
      }
    }
  }

  /// Viam's jobs go their way while `work` runs: those that are held until they are stopped, the slow ones for as many
  /// tenths of a second as their names end in.
  func turning<Answer: Sendable>(_ work: @escaping @Sendable () async throws -> Answer) async throws -> Answer {
    try await viam.turning { name in
      if name.hasPrefix("held") { return nil }
      let tenths = name.hasPrefix("slow") ? Int(name.split(separator: "-").last ?? "") ?? 0 : 0
      return FakeViam.Course(ends: .milliseconds(tenths % 40 * 100), archive: bytes(of: name))
    } while: {
      try await work()
    }
  }

  /// Both ways to train on Viam: the one that is held is a script.
  func spec(_ name: String, isHeld: Bool) -> String {
    let script = "script: {item: 'acme:detector', version: '3', container: 'tf:2.16', arguments: {epochs: '10'}}"
    return """
      provider: viam
      model: {name: \(name), version: "1"}
      train: {dataset: 66491a0666a6c8aa4a33e43e, \(isHeld ? script : "type: object-detection, tags: [a, b]")}
      publish: [{registry: synapse, plugin: 123}]
      """
  }

  /// The first package that is fetched comes with another bit.
  func disturb() { viam.archives.trouble(.corrupt) }

  func bytes(of name: String) -> [UInt8] { Quick.bytes(of: name, size(name)) }

  func trainings(of name: String) async throws -> Int { viam.submissions(of: name) }

  var openUploads: Int? { nil }

  func versions(of name: String) async throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    for model in await synapse.allModels
    where SynapseServer.marker(of: model)?["model"]?.string == name {
      guard let id = model["id"]?.int else { continue }
      found.append(await synapse.content(ofModel: "\(id)") ?? [])
    }
    return found
  }

  func resent(_ names: [String]) async throws -> (bytes: Int, of: Int) {
    let published = try await names.asyncReduce { try await versions(of: $0).reduce(0) { $0 + $1.count } }
    // Each was fetched once and sent once.
    let total = 2 * published
    return (max(0, viam.archives.servedBytes + (await synapse.received) - total), total)
  }
}

extension Array {
  fileprivate func asyncReduce(_ value: (Element) async throws -> Int) async throws -> Int {
    var sum = 0
    for element in self { sum += try await value(element) }
    return sum
  }
}
