internal import FoundationEssentials
internal import SwiftProtobuf
internal import TrainCore
internal import ViamAPI

/// Viam's enums and times as text. Numbers that this version does not know are shown as numbers.
enum ViamWords {
  static func name(of type: Viam_App_Mltraining_V1_ModelType) -> String {
    switch type {
    case .unspecified: "MODEL_TYPE_UNSPECIFIED"
    case .singleLabelClassification: "MODEL_TYPE_SINGLE_LABEL_CLASSIFICATION"
    case .multiLabelClassification: "MODEL_TYPE_MULTI_LABEL_CLASSIFICATION"
    case .objectDetection: "MODEL_TYPE_OBJECT_DETECTION"
    case .UNRECOGNIZED(let number): "\(number)"
    }
  }

  static func name(of framework: Viam_App_Mltraining_V1_ModelFramework) -> String {
    switch framework {
    case .unspecified: "MODEL_FRAMEWORK_UNSPECIFIED"
    case .tflite: "MODEL_FRAMEWORK_TFLITE"
    case .tensorflow: "MODEL_FRAMEWORK_TENSORFLOW"
    case .pytorch: "MODEL_FRAMEWORK_PYTORCH"
    case .onnx: "MODEL_FRAMEWORK_ONNX"
    case .registry: "MODEL_FRAMEWORK_REGISTRY"
    case .UNRECOGNIZED(let number): "\(number)"
    }
  }

  static let statuses: KeyValuePairs<String, Viam_App_Mltraining_V1_TrainingStatus> = [
    "pending": .pending, "in_progress": .inProgress, "completed": .completed, "failed": .failed,
    "canceled": .canceled, "canceling": .canceling,
  ]

  private static let statusPrefix = "TRAINING_STATUS_"

  /// `in_progress`, or the number.
  static func word(for status: Viam_App_Mltraining_V1_TrainingStatus) -> String {
    if status == .unspecified { return "unspecified" }
    return statuses.first { $0.value == status }?.key ?? "\(status.rawValue)"
  }

  /// `TRAINING_STATUS_IN_PROGRESS`, or the number.
  static func name(of status: Viam_App_Mltraining_V1_TrainingStatus) -> String {
    if case .UNRECOGNIZED(let number) = status { return "\(number)" }
    return statusPrefix + word(for: status).uppercased()
  }

  /// Takes `in_progress`, `in-progress`, `IN_PROGRESS` and `TRAINING_STATUS_IN_PROGRESS`.
  static func status(_ text: String) throws(Fault) -> Viam_App_Mltraining_V1_TrainingStatus {
    var word = text.lowercased()
    if word.hasPrefix(statusPrefix.lowercased()) { word.removeFirst(statusPrefix.count) }
    word = String(word.map { $0 == "-" ? "_" : $0 })
    if word == "cancelled" { word = "canceled" }
    if let found = statuses.first(where: { $0.key == word }) { return found.value }
    throw .permanent(
      .rejected, "listing Viam's training jobs: '\(text)' is no status of theirs",
      hint: "one of: \(statuses.map(\.key).joined(separator: ", "))")
  }

  static func timestamp(_ time: Google_Protobuf_Timestamp) -> Timestamp {
    let (milliseconds, overflow) = time.seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return Timestamp(milliseconds: time.seconds < 0 ? .min : .max) }
    return Timestamp(milliseconds: milliseconds.addingReportingOverflow(Int64(time.nanos / 1_000_000)).partialValue)
  }

  /// RFC 3339, UTC, milliseconds.
  static func text(of time: Google_Protobuf_Timestamp) -> String {
    Date(timeIntervalSince1970: Double(time.seconds) + Double(time.nanos / 1_000_000) / 1000)
      .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
