import Foundation
import Logging
import Testing
import TrainConfig
import TrainCore
import TrainEngine
import TrainProviders
import TrainTestKit
import TrainTransport

@testable import TrainDaemon

/// What `etc/` ships, held against the backends themselves.
@Suite struct `The samples` {
  private static let etc = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc").path()
  private static let examples =
    (try? FileManager.default.contentsOfDirectory(atPath: "\(etc)/examples"))?.filter { $0.hasSuffix(".yaml") }.sorted()
    ?? []

  private func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(Self.etc)/\(name)", encoding: .utf8)
  }

  private func config(_ text: String) throws -> DaemonConfig {
    try DaemonConfigDecoder(kinds: Backends.kinds, defaults: .builtIn(stateDirectory: "/state"))
      .decode(Array(text.utf8), file: "traind.yaml")
  }

  /// With everything in it that is commented out. Prose has one blank after its `#`; what can be uncommented has none,
  /// or is indented.
  private func whole() throws -> DaemonConfig {
    let lines = try read("traind.yaml").split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let isCode = line.hasPrefix("#") && line != "#" && (!line.hasPrefix("# ") || line.hasPrefix("#  "))
      return isCode ? line.dropFirst() : line
    }
    return try config(lines.joined(separator: "\n"))
  }

  @Test func `the sample configuration is what holds without it`() throws {
    #expect(try config(read("traind.yaml")) == .builtIn(stateDirectory: "/state"))
  }

  @Test func `the sample configuration has a connection of every kind`() throws {
    let config = try whole()
    #expect(Set(config.providers.map(\.kind)) == Set(Backends.providers.map(\.schema.kind)))
    #expect(Set(config.registries.map(\.kind)) == Set(Backends.registries.map(\.schema.kind)))
  }

  @Test(arguments: examples)
  func `each example is a spec that the sample configuration's connections take`(_ file: String) async throws {
    try await TemporaryDirectory.with { credentials in try await check(file, credentials) }
  }

  private func check(_ file: String, _ credentials: String) async throws {
    for name in ["viam-api-key", "s3-access-key", "s3-secret-key", "tfy-api-key"] {
      try Data("secret".utf8).write(to: URL(filePath: "\(credentials)/\(name)"))
    }
    let name = String(file.dropLast(5))
    let located = try SpecDecoder().decode(Array(read("examples/\(file)").utf8), file: file, name: name)
    let config = try whole()
    let secrets = SecretResolver(credentialsDirectory: credentials)
    let connections = try Connections.make(
      config,
      Backends.BackendContext(
        secrets: secrets, seal: Secret("seal"), proxies: ProxyRules(https: nil, http: nil, except: nil),
        time: SystemTime(), runner: RunnerAccess(socket: "/nowhere"), boundary: Boundary()),
      boundary: Boundary(), places: nil, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let shelf = SpecReader(
      directories: ConfigDirectories([]), config: config,
      providers: Dictionary(uniqueKeysWithValues: connections.providers.map { ($0.name, $0.provider) }),
      registries: Dictionary(uniqueKeysWithValues: connections.registries.map { ($0.name, $0.registry) }),
      signer: CredentialSigner(secrets: secrets))
    #expect(shelf.problems(in: located).map { $0.description } == [])
    #expect(!located.spec.publish.isEmpty)
    await connections.shutdown()
  }

  @Test func `nothing of it is read as a job spec`() {
    #expect(ConfigDirectories([Self.etc]).specs().names == [])
  }
}
