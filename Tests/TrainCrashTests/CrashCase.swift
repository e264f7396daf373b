import TrainCore
import TrainTestKit

/// What is done while the daemon dies.
enum CrashScenario: String, CaseIterable, Sendable {
  /// A job is trained and published.
  case run
  /// A job that trains is cancelled.
  case cancel
  /// A job is done although what it produced is damaged on the way; then the daemon stops.
  case stop
  /// A job is cancelled whose registries do not take its version.
  case cancelPublishing
  /// A daemon is stopped whose registries do not take a version; the next one publishes it.
  case stopPublishing
  /// Some registries refuse a version, and take it when it is published by hand later.
  case refuse
  /// A job is done; then an alias is moved to its versions by hand, and back, and a new one made, and removed.
  case promote
  /// A job is done; then the platform is asked, the store is copied, the job is forgotten, and its spec removed.
  case housekeeping
  /// A job is cancelled in the middle of its upload, and what that left is freed.
  case withdraw
}

/// A place to die at.
struct CrashPlace: Hashable, Sendable, CustomStringConvertible {
  var point: CrashPoint
  var side: Boundary.Side
  var nth = 1

  var description: String { "\(point.rawValue):\(side.rawValue)\(nth == 1 ? "" : ":\(nth)")" }
  /// A process that its parent starts again: the daemon lives on.
  var isOfChild: Bool { description.hasPrefix("runner.") || description.hasPrefix("shim.") }
}

/// One daemon that dies at some places, is started again as often, and has to come to a good end.
struct CrashCase: Sendable, CustomStringConvertible {
  var pairing: CrashPairing
  var scenario: CrashScenario
  /// None = nobody dies, and it is only seen what is crossed.
  var places: [CrashPlace]

  var description: String {
    "\(pairing.rawValue), \(scenario.rawValue), \(places.map(\.description).joined(separator: " then "))"
  }

  struct Outcome: Sendable {
    /// Where somebody died.
    var died: Set<CrashPlace> = []
    var crossed: Set<CrashPlace> = []
    var violations: [String] = []
    var resent = 0
  }

  func run() async -> Outcome {
    do {
      return try await pairing.with { world in try await CrashLife(test: self, world: world).run() }
    } catch {
      return Outcome(violations: ["\(self): \(error)"])
    }
  }

  /// Where a job's end may be that the training was lost: its shim is all that knows how it ended.
  var mayLose: Bool { places.contains { $0.description.hasPrefix("shim.") } }
}
