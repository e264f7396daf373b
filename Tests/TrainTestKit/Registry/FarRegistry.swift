public import TrainCore

/// A version as its far side holds it.
public struct FarVersion: Sendable {
  /// As traind names it.
  public var id: String
  public var model: String
  /// The job that its marker names; `nil` = it has none.
  public var job: String?
  /// Their bytes, by path in the artifact.
  public var files: [String: [UInt8]]

  public init(id: String, model: String, job: String?, files: [String: [UInt8]]) {
    self.id = id
    self.model = model
    self.job = job
    self.files = files
  }
}

/// The far side of a registry, seen from behind: what really is there, and what was done to it.
public protocol FarRegistry: Sendable {
  /// Every version of a model that anybody can see; `nil` = of all models.
  func held(of model: String?) async throws -> [FarVersion]
  /// How often a version of that model was made for that job, as far as this is counted.
  func commits(of job: JobID, as model: String, _ version: String) async -> Int
  /// The id of the version that an alias points at.
  func target(of alias: String, in model: String) async -> String?
  /// How often an alias was set or removed; `nil` = nobody counts.
  func moves(of alias: String, in model: String) async -> Int?
  /// How often any version was made, as far as this is counted.
  var commits: Int { get async }
  /// Bytes of files that came in and were kept, more than once where they were sent again.
  var bytesReceived: Int { get async }
  /// Uploads that were neither finished nor given up.
  var unfinished: Int { get async }
}

extension FarRegistry {
  public func target(of alias: String, in model: String) async -> String? { nil }
  public func moves(of alias: String, in model: String) async -> Int? { 0 }
}
