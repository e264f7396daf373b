internal import FoundationEssentials
internal import SwiftProtobuf
internal import TrainCore
internal import ViamAPI

extension JSON {
  /// A training job, whole: every field under its name in Viam's API, enums by their names there, times in RFC 3339,
  /// `null` where a time or the error is not set. Added is `state`, the status as a short word (`in_progress`).
  init(_ job: Viam_App_Mltraining_V1_TrainingJobMetadata) {
    self = [
      "id": .string(job.id),
      "status": .string(ViamWords.name(of: job.status)),
      "state": .string(ViamWords.word(for: job.status)),
      "created_on": .time(job.hasCreatedOn ? job.createdOn : nil),
      "last_modified": .time(job.hasLastModified ? job.lastModified : nil),
      "training_started": .time(job.hasTrainingStarted ? job.trainingStarted : nil),
      "training_ended": .time(job.hasTrainingEnded ? job.trainingEnded : nil),
      "synced_model_id": .string(job.syncedModelID),
      "error_status": job.hasErrorStatus ? JSON(job.errorStatus) : .null,
      "dataset_id": .string(job.datasetID),
      "organization_id": .string(job.organizationID),
      "model_name": .string(job.modelName),
      "model_version": .string(job.modelVersion),
      "model_type": .string(ViamWords.name(of: job.modelType)),
      "tags": .array(job.tags.map(JSON.string)),
      "model_framework": .string(ViamWords.name(of: job.modelFramework)),
      "is_custom_job": .bool(job.isCustomJob),
      "registry_item_id": .string(job.registryItemID),
      "registry_item_version": .string(job.registryItemVersion),
      "arguments": .object(job.arguments.mapValues(JSON.string)),
      "container_version": .string(job.containerVersion),
      "container_id": .string(job.containerID),
      "deployment_modular_resources": .array(job.deploymentModularResources.map(JSON.string)),
    ]
  }

  private init(_ status: Google_Rpc_Status) {
    self = [
      "code": .int(Int64(status.code)),
      "message": .string(status.message),
      "details": .array(
        status.details.map { ["@type": .string($0.typeURL), "value": .string($0.value.base64EncodedString())] }),
    ]
  }

  private static func time(_ time: Google_Protobuf_Timestamp?) -> JSON {
    time.map { .string(ViamWords.text(of: $0)) } ?? .null
  }
}
