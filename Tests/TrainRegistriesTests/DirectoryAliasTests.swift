import Foundation
import Testing
import TrainCore
import TrainRegistries
import TrainTestKit

@Suite struct DirectoryAliasTests {
  private func with(
    _ work: (DirectoryRegistry, Release, RemoteVersion, String) async throws -> Void
  ) async throws {
    try await TemporaryDirectory.with { directory in
      let registry = DirectoryRegistry(path: "\(directory)/shelf")
      let release = try SampleRelease.make(["model.bin": [1, 2, 3]], in: "\(directory)/spool")
      try await work(registry, release, try await Publisher(registry).publish(release).version, "\(directory)/shelf")
    }
  }

  @Test func `an alias is a link that moves from version to version and can go`() async throws {
    try await with { (registry, release, version, shelf) async throws -> Void in
      let before = try await registry.target(of: "production", for: release)
      #expect(before == nil)
      try await registry.point("production", at: version, from: nil, for: release)
      try await registry.point("production", at: version, from: nil, for: release)
      #expect(try await registry.target(of: "production", for: release) == version)
      #expect(Array(try Data(contentsOf: URL(filePath: "\(shelf)/hat/production/model.bin"))) == [1, 2, 3])
      try await registry.point("production", at: RemoteVersion(id: "hat/0.9"), from: nil, for: release)
      #expect(try await registry.target(of: "production", for: release)?.id == "hat/0.9")
      try await registry.point("production", at: nil, from: nil, for: release)
      let after = try await registry.target(of: "production", for: release)
      #expect(after == nil)
      #expect(try await registry.find(release) == .ours(version))
    }
  }

  @Test func `a version is never replaced by an alias`() async throws {
    try await with { (registry, release, version, _) async throws -> Void in
      await #expect(throws: Fault.self) { try await registry.point("1.0.0", at: version, from: nil, for: release) }
      #expect(try await registry.find(release) == .ours(version))
    }
  }
}
