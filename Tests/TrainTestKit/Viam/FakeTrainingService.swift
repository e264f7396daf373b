internal import GRPCCore
internal import SwiftProtobuf
internal import Synchronization
internal import TrainCore
internal import ViamAPI

struct FakeTrainingService: Viam_App_Mltraining_V1_MLTrainingService.SimpleServiceProtocol {
  let viam: FakeViam

  private func admit(_ organization: String) throws {
    if organization == FakeViam.organization { return }
    throw RPCError(code: .permissionDenied, message: "no access to organization \(organization)")
  }

  private func add(_ job: FakeViam.Job) throws -> String {
    try admit(job.organizationID)
    for (field, value) in [
      ("dataset_id", job.datasetID), ("model_name", job.modelName), ("model_version", job.modelVersion),
    ] where value.isEmpty { throw RPCError(code: .invalidArgument, message: "\(field) is required") }
    var job = job
    job.status = .pending
    job.createdOn = Google_Protobuf_Timestamp(viam.time.now)
    job.lastModified = job.createdOn
    return try viam.state.withLock { state in
      if state.refusesDuplicates,
        state.jobs.values.contains(where: { $0.modelName == job.modelName && $0.modelVersion == job.modelVersion })
      {
        throw RPCError(code: .alreadyExists, message: "\(job.modelName) \(job.modelVersion) exists")
      }
      let digits = String(state.nextID, radix: 16)
      job.id = String(repeating: "0", count: 24 - digits.count) + digits
      state.nextID += 1
      state.jobs[job.id] = job
      state.order.append(job.id)
      return job.id
    }
  }

  private func job(_ id: String) throws -> FakeViam.Job {
    guard let job = viam.state.withLock({ $0.jobs[id] }) else {
      throw RPCError(code: .notFound, message: "training job \(id) not found")
    }
    return job
  }

  func submitTrainingJob(
    request: Viam_App_Mltraining_V1_SubmitTrainingJobRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_SubmitTrainingJobResponse {
    let id = try add(
      .with {
        $0.organizationID = request.organizationID
        $0.modelName = request.modelName
        $0.modelVersion = request.modelVersion
        $0.datasetID = request.datasetID
        $0.modelType = request.modelType
        $0.tags = request.tags
        $0.modelFramework = request.modelFramework == .unspecified ? .tflite : request.modelFramework
      })
    return .with { $0.id = id }
  }

  func submitCustomTrainingJob(
    request: Viam_App_Mltraining_V1_SubmitCustomTrainingJobRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_SubmitCustomTrainingJobResponse {
    let id = try add(
      .with {
        $0.organizationID = request.organizationID
        $0.modelName = request.modelName
        $0.modelVersion = request.modelVersion
        $0.datasetID = request.datasetID
        $0.isCustomJob = true
        $0.registryItemID = request.registryItemID
        $0.registryItemVersion = request.registryItemVersion
        $0.containerVersion = request.containerVersion
        $0.containerID = request.containerID
        $0.arguments = request.arguments
      })
    return .with { $0.id = id }
  }

  func getTrainingJob(
    request: Viam_App_Mltraining_V1_GetTrainingJobRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_GetTrainingJobResponse {
    let job = try job(request.id)
    return .with { $0.metadata = job }
  }

  func listTrainingJobs(
    request: Viam_App_Mltraining_V1_ListTrainingJobsRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_ListTrainingJobsResponse {
    try admit(request.organizationID)
    let jobs = viam.jobs.filter { request.status == .unspecified || $0.status == request.status }
    return .with { $0.jobs = jobs }
  }

  func cancelTrainingJob(
    request: Viam_App_Mltraining_V1_CancelTrainingJobRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_CancelTrainingJobResponse {
    switch try job(request.id).status {
    case .completed, .failed, .canceled:
      throw RPCError(code: .failedPrecondition, message: "training job has already completed")
    default: viam.move(request.id, to: .canceling)
    }
    return .init()
  }

  func deleteCompletedTrainingJob(
    request: Viam_App_Mltraining_V1_DeleteCompletedTrainingJobRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_DeleteCompletedTrainingJobResponse {
    _ = try job(request.id)
    viam.deleteJob(request.id)
    return .init()
  }

  func getTrainingJobLogs(
    request: Viam_App_Mltraining_V1_GetTrainingJobLogsRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_GetTrainingJobLogsResponse {
    _ = try job(request.id)
    let (all, page) = viam.state.withLock { ($0.logs[request.id] ?? [], $0.logPage) }
    let start = Int(request.pageToken) ?? 0
    let end = min(start + page, all.count)
    return .with {
      $0.logs = start < end ? Array(all[start..<end]) : []
      $0.nextPageToken = end < all.count ? "\(end)" : ""
    }
  }

  func listSupportedContainers(
    request: Viam_App_Mltraining_V1_ListSupportedContainersRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_ListSupportedContainersResponse {
    let containers = viam.state.withLock { $0.containers }
    return .with { $0.containerMap = containers }
  }

  func listContainers(
    request: Viam_App_Mltraining_V1_ListContainersRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_ListContainersResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }

  func getContainer(
    request: Viam_App_Mltraining_V1_GetContainerRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_GetContainerResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }

  func registerCustomTrainingContainer(
    request: Viam_App_Mltraining_V1_RegisterCustomTrainingContainerRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_RegisterCustomTrainingContainerResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }

  func deleteCustomTrainingContainer(
    request: Viam_App_Mltraining_V1_DeleteCustomTrainingContainerRequest, context: ServerContext
  ) async throws -> Viam_App_Mltraining_V1_DeleteCustomTrainingContainerResponse {
    throw RPCError(code: .unimplemented, message: "not played")
  }
}
