internal import TrainCore
internal import ViamAPI

/// A spec's `train:` for Viam, decoded.
enum ViamTrain: Hashable, Sendable {
  case standard(Standard)
  case script(Script)

  /// Viam's own training for a kind of model.
  struct Standard: Hashable, Sendable {
    var dataset: String
    var type: Viam_App_Mltraining_V1_ModelType
    var tags: [String]
    /// `nil` = what Viam takes by default.
    var framework: Viam_App_Mltraining_V1_ModelFramework?
  }

  /// A training script from the registry.
  struct Script: Hashable, Sendable {
    var dataset: String
    /// `namespace:name`.
    var item: String
    var version: String?
    /// As `tf:2.16`.
    var container: String?
    /// The id of a container that the organization registered.
    var containerID: String?
    var arguments: [String: String]
  }

  static let types: KeyValuePairs<String, Viam_App_Mltraining_V1_ModelType> = [
    "single-label-classification": .singleLabelClassification,
    "multi-label-classification": .multiLabelClassification,
    "object-detection": .objectDetection,
  ]

  static let frameworks: KeyValuePairs<String, Viam_App_Mltraining_V1_ModelFramework> = [
    "tflite": .tflite, "tensorflow": .tensorflow, "pytorch": .pytorch, "onnx": .onnx,
  ]

  var dataset: String {
    switch self {
    case .standard(let standard): standard.dataset
    case .script(let script): script.dataset
    }
  }

  /// - Throws: a permanent fault with the first problem; ``ViamTrainReader`` names them all.
  init(_ train: JSON) throws(Fault) {
    var reader = ViamTrainReader()
    guard let value = reader.read(train), reader.problems.isEmpty else {
      let problem = reader.problems.first
      throw .permanent(
        .rejected, "reading what to train: \(problem.map { "\($0.path): \($0.message)" } ?? "nothing is said")",
        hint: problem?.hint)
    }
    self = value
  }
}
