import TrainCore
import TrainTestKit

/// Which far side.
enum CrashPairing: String, CaseIterable, Sendable {
  case viamAndSynapse = "viam+synapse"
  case localAndDirectory = "local+directory"
  /// One job, published to a directory and to every registry that is reached over a network.
  case localAndAll = "local+all"
  /// The same with an artifact that goes in parts, to those that take parts.
  case localAndParts = "local+parts"

  var scenarios: [CrashScenario] {
    switch self {
    case .viamAndSynapse, .localAndDirectory: [.run, .cancel, .stop, .housekeeping, .withdraw]
    case .localAndAll: [.run, .cancelPublishing, .stopPublishing, .refuse, .promote]
    case .localAndParts: [.run, .cancelPublishing, .stopPublishing, .refuse, .withdraw]
    }
  }

  /// Where its deaths are: all boundaries, or those that begin so. What is a registry's business is died at where many
  /// are at work, the rest where there is least beside it.
  func tries(_ point: CrashPoint) -> Bool {
    let prefixes: [String]
    switch self {
    case .viamAndSynapse, .localAndDirectory: return true
    case .localAndAll:
      prefixes = [
        "registry.", "mlflow.", "oci.", "s3.", "truefoundry.", "viam.", "directory.make-alias", "directory.move-alias",
        "directory.remove",
      ]
    case .localAndParts: prefixes = ["mlflow.", "oci.", "s3.", "truefoundry."]
    }
    return prefixes.contains { point.rawValue.hasPrefix($0) }
  }

  func with<Answer: Sendable>(_ work: @escaping @Sendable (any CrashWorld) async throws -> Answer) async throws
    -> Answer
  {
    switch self {
    case .viamAndSynapse: try await RemoteWorld.with { try await work($0) }
    case .localAndDirectory: try await LocalWorld.with { try await work($0) }
    case .localAndAll: try await FanOutWorld.with { try await work($0) }
    case .localAndParts:
      // 35 MB: more than the largest part, 32 MiB, of any.
      try await FanOutWorld.with(["bucket", "flow", "images", "tfy"], copies: 28) { try await work($0) }
    }
  }
}
