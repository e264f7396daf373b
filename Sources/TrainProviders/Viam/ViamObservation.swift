internal import TrainCore
internal import ViamAPI

extension Observation {
  /// - Returns: `nil` for a status that says nothing, or that this version does not know.
  init?(_ job: Viam_App_Mltraining_V1_TrainingJobMetadata) {
    switch job.status {
    case .pending: self.init(.pending, hasRun: job.hasTrainingStarted)
    case .inProgress: self.init(.running, hasRun: true)
    case .completed: self.init(.succeeded, hasRun: true)
    case .failed: self.init(.failed(message: Observation.reason(of: job)), hasRun: job.hasTrainingStarted)
    case .canceled: self.init(.cancelled, hasRun: job.hasTrainingStarted)
    case .canceling: self.init(.stopping, hasRun: job.hasTrainingStarted)
    case .unspecified, .UNRECOGNIZED: return nil
    }
  }

  private static func reason(of job: Viam_App_Mltraining_V1_TrainingJobMetadata) -> String {
    let text = job.errorStatus.message
    if !text.isEmpty { return String(text.prefix(2000)) }
    return "Viam gives no reason (code \(job.errorStatus.code)); the logs may"
  }
}

extension Viam_App_Mltraining_V1_TrainingJobMetadata {
  /// It will not change any more.
  var isOver: Bool { status == .completed || status == .failed || status == .canceled }
}
