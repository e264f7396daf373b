public import TrainCore

/// What a conformance suite needs to know of a registry and its far side.
public protocol RegistryHarness: Sendable {
  /// A new instance on the same far side, as after a restart of the daemon.
  func registry() async throws -> any Registry

  /// Lets go of an instance.
  func close(_ registry: any Registry) async

  /// A publication's keys that the registry takes.
  var options: JSON { get }

  /// What the far side holds of a version, by path. An archive is given as its entries.
  func held(_ version: RemoteVersion) async throws -> [String: [UInt8]]

  /// How many versions can be seen at the far side.
  func count() async throws -> Int

  /// Puts a version under the release's natural key that somebody else made.
  func occupy(_ release: Release) async throws

  /// Uploads at the far side that are neither finished nor given up; `nil` = that can't be told, or they can't be given
  /// up there.
  func openUploads() async throws -> Int?

  /// Changes a version behind the registry's back, in a way that `verify` can see.
  func damage(_ version: RemoteVersion) async throws
}

extension RegistryHarness {
  public func close(_ registry: any Registry) async {}
  public func openUploads() async throws -> Int? { nil }

  /// There is one version, and it holds exactly these files.
  func expectWhole(_ version: RemoteVersion, _ files: [String: [UInt8]]) async throws {
    let held = try await held(version)
    try ConformanceFailure.unless(
      Set(held.keys) == Set(files.keys), "the far side holds \(held.keys.sorted()), not \(files.keys.sorted())")
    for (path, bytes) in files {
      try ConformanceFailure.unless(held[path] == bytes, "\(path) differs at the far side")
    }
    let count = try await count()
    try ConformanceFailure.unless(count == 1, "not exactly one version, but \(count)")
  }
}

/// What a registry did not keep of its promise.
public struct ConformanceFailure: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }

  static func unless(_ holds: Bool, _ description: @autoclosure () -> String) throws {
    if !holds { throw ConformanceFailure(description()) }
  }
}
