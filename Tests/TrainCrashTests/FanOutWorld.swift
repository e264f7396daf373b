import Foundation
import TrainCore
import TrainTestKit

/// This machine, and several registries that each job is published in at once.
struct FanOutWorld: CrashWorld {
  static let all = ["bucket", "flow", "images", "machines", "shelf", "tfy"]
  static let aliased = ["bucket", "flow", "images", "shelf", "tfy"]
  /// The alias that the spec asks for, where there are any. Somebody else's version has it.
  static let alias = "production"
  static let other = "other@0"

  let daemon: RealDaemon
  let far: FarRegistries
  let names: [String]
  let copies: Int

  var provider: String { local.provider }
  var registries: Int { names.count }

  private var local: LocalWorld { LocalWorld(daemon: daemon, copies: copies) }
  var directory: FarDirectory { FarDirectory(path: "\(daemon.root)/models") }
  /// What was published goes in parts.
  var isLarge: Bool { copies > 1 }

  /// - Parameters:
  ///   - names: the registries.
  ///   - copies: how large the model is, see ``LocalWorld/copies``.
  static func with<Answer: Sendable>(
    _ names: [String] = all, copies: Int = 1, _ work: @escaping @Sendable (FanOutWorld) async throws -> Answer
  ) async throws -> Answer {
    let far = FarRegistries(time: RealTime())
    return try await far.serve { addresses in
      try await RealDaemon.with(config: "") { daemon in
        try daemon.write(
          config: Quick.config + "publish: {concurrent: 8}\nproviders:\n" + LocalWorld.providers + "registries:\n"
            + LocalWorld.registries(daemon.root) + FarRegistries.connections(addresses, settle: "300ms"))
        return try await work(FanOutWorld(daemon: daemon, far: far, names: names, copies: copies))
      }
    }
  }

  /// Only S3 tells what was opened in the moment of a death: elsewhere nobody hears of that.
  var openUploads: Int? { get async { names.contains("bucket") ? await far.s3.unfinished : nil } }

  func registry(_ name: String) -> any FarRegistry { far.all[name] ?? directory }
  func hasAliases(_ name: String) -> Bool { Self.aliased.contains(name) }

  /// A job whose name begins with "plain" asks for no alias.
  func spec(_ name: String, isHeld: Bool) -> String {
    let publish = names.map { registry in
      var keys = "registry: \(registry)"
      if registry == "flow" { keys += ", experiment: trainings" }
      if registry == "tfy" { keys += ", ml_repo: \(TrueFoundryServer.repository)" }
      if hasAliases(registry), isPromoted(name) { keys += ", promote: {alias: \(Self.alias)}" }
      return "\n- {\(keys)}"
    }
    var local = local
    local.publish = publish.joined()
    return local.spec(name, isHeld: isHeld)
  }

  func isPromoted(_ name: String) -> Bool { !isLarge && !name.hasPrefix("plain") && !name.hasPrefix("slow") }

  func files(of name: String) -> [String: [UInt8]] { local.files(of: name) }
  func bytes(of name: String) -> [UInt8] { local.bytes(of: name) }
  func trainings(of name: String) async throws -> Int { try await local.trainings(of: name) }

  func versions(of name: String) async throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    for registry in names { found += try await ours(name, in: registry).map { LocalWorld.flat($0.files) } }
    return found
  }

  /// The versions of a model that were made for its job.
  func ours(_ name: String, in registry: String) async throws -> [FarVersion] {
    try await self.registry(registry).held(of: name).filter { $0.job == "\(name)@1" }
  }

  func resent(_ names: [String]) async throws -> (bytes: Int, of: Int) {
    var (received, published) = (0, 0)
    for registry in self.names where registry != "shelf" {
      received += await self.registry(registry).bytesReceived
      for name in names {
        published += try await ours(name, in: registry).reduce(0) { $0 + LocalWorld.flat($1.files).count }
      }
    }
    return (max(0, received - published), published)
  }
}
