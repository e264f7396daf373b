import TrainControl
import TrainCore
import TrainTestKit

/// A daemon and the far side that it works with, which counts what is done there.
protocol CrashWorld: Sendable {
  var daemon: RealDaemon { get }
  /// The name of its provider.
  var provider: String { get }
  /// A spec of that name, version 1.
  /// - Parameter isHeld: it trains until it is stopped.
  func spec(_ name: String, isHeld: Bool) -> String
  /// Lets something go wrong on the way that has to be noticed.
  func disturb()
  /// What is at the far sides before that model comes.
  func prepare(_ name: String) async throws
  /// Registries answer what would make a version with 503, or refuse it for good, until ``admit(_:)``.
  func hinder(_ name: String, forGood: Bool) async
  /// Something was hindered at each of them.
  var isHindered: Bool { get async }
  func admit(_ name: String) async
  /// What its training produces.
  func bytes(of name: String) -> [UInt8]
  /// Trainings of it that were started.
  func trainings(of name: String) async throws -> Int
  /// Registries that each job is published in.
  var registries: Int { get }
  /// Uploads that hold something at the registry; `nil` = it ends them by itself, and lets nobody else.
  var openUploads: Int? { get async }
  /// What can be seen published of it, each version's bytes.
  func versions(of name: String) async throws -> [[UInt8]]
  /// Bytes that came over the wire beside the one time that each has to: downloads, and uploads.
  func resent(_ names: [String]) async throws -> (bytes: Int, of: Int)
  /// What is wrong with what those registries hold of a job that refused it.
  func refused(_ view: JobView) async throws -> [String]
  /// What is wrong with what its registries hold of a job that has come to its end.
  func wrongs(of view: JobView, after test: CrashCase) async throws -> [String]
}

extension CrashWorld {
  var registries: Int { 1 }
  var openUploads: Int? { get async { nil } }
  func disturb() {}
  func prepare(_ name: String) async throws {}
  func hinder(_ name: String, forGood: Bool) async {}
  var isHindered: Bool { get async { false } }
  func admit(_ name: String) async {}
  func refused(_ view: JobView) async throws -> [String] { [] }
  func wrongs(of view: JobView, after test: CrashCase) async throws -> [String] { [] }
}

/// The daemon's settings: nothing waits longer than it must.
enum Quick {
  static let config = """
    poll: {fastest: 100ms, slowest: 300ms}
    retry: {first: 100ms, most: 400ms}

    """

  /// So slow that there is a middle of an upload to be in.
  static let slowUploads = "publish: {bandwidth: 100KiB/s}\n"

  /// The same bytes for the same name.
  static func bytes(of name: String, _ count: Int) -> [UInt8] {
    var state = name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }
}
