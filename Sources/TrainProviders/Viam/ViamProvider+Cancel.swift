internal import GRPCCore
internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  /// That the job has ended, or is unknown, is no fault: ``observe(_:)`` says which.
  func cancel(id: String) async throws(Fault) {
    let request = Viam_App_Mltraining_V1_CancelTrainingJobRequest.with { $0.id = id }
    do throws(FailedCall) {
      _ = try await client.training(.viamCancel, "cancelling training job \(id)") {
        try await $0.cancelTrainingJob(request, metadata: $1, options: $2)
      }
      await memory.isStopping(id)
    } catch {
      switch error.code {
      case .notFound: return
      case .failedPrecondition, .invalidArgument, .aborted, .unknown, .internalError:
        // Untyped errors of the server included: how the job stands decides.
        guard let job = try await job(id) else { return }
        if job.isOver || job.status == .canceling { return }
        var fault = error.fault
        // A job that is alive can be cancelled: the refusal cannot be for good.
        if error.code == .failedPrecondition { fault.disposition = .transient() }
        throw fault
      default: throw error.fault
      }
    }
  }
}
