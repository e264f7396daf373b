internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  /// - Returns: the training job's id.
  func start(_ train: ViamTrain, as key: ViamKey, for job: JobID) async throws(Fault) -> String {
    let what = "submitting \(job) to Viam as \(key.name) \(key.version)"
    do throws(FailedCall) {
      switch train {
      case .standard(let standard):
        let request = Viam_App_Mltraining_V1_SubmitTrainingJobRequest(standard, as: key)
        return try await client.training(.viamSubmit, what) {
          try await $0.submitTrainingJob(request, metadata: $1, options: $2)
        }.id
      case .script(let script):
        let request = Viam_App_Mltraining_V1_SubmitCustomTrainingJobRequest(script, as: key)
        return try await client.training(.viamSubmitScript, what) {
          try await $0.submitCustomTrainingJob(request, metadata: $1, options: $2)
        }.id
      }
    } catch {
      throw error.fault
    }
  }
}

extension Viam_App_Mltraining_V1_SubmitTrainingJobRequest {
  init(_ train: ViamTrain.Standard, as key: ViamKey) {
    self.init()
    organizationID = key.organization
    modelName = key.name
    modelVersion = key.version
    datasetID = train.dataset
    modelType = train.type
    tags = train.tags
    modelFramework = train.framework ?? .unspecified
  }
}

extension Viam_App_Mltraining_V1_SubmitCustomTrainingJobRequest {
  init(_ train: ViamTrain.Script, as key: ViamKey) {
    self.init()
    organizationID = key.organization
    modelName = key.name
    modelVersion = key.version
    datasetID = train.dataset
    registryItemID = train.item
    registryItemVersion = train.version ?? ""
    containerVersion = train.container ?? ""
    containerID = train.containerID ?? ""
    arguments = train.arguments
  }
}
