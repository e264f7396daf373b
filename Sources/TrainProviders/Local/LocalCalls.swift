internal import Dispatch
internal import TrainCore
internal import TrainRunner

/// Calls of the runner, off the cooperative threads: its client blocks.
struct LocalCalls: Sendable {
  static let timeout = Duration.seconds(15)

  private let client: RunnerClient
  private let trouble: @Sendable () -> String?
  private let boundary: Boundary

  init(_ access: RunnerAccess, boundary: Boundary) {
    self.boundary = boundary
    client = RunnerClient(socket: access.socket, timeout: LocalCalls.timeout)
    trouble = access.trouble
  }

  /// - Parameter point: where a debug build can die before it, and after its answer.
  /// - Parameter doing: what is being done, to what; begins the fault's message.
  @discardableResult
  func perform<Value: Sendable>(
    _ point: CrashPoint, _ doing: String,
    _ call: @escaping @Sendable (RunnerClient, CallInterrupt) throws(RunnerError) -> Value
  ) async throws(Fault) -> Value {
    if let trouble = trouble() {
      throw .transient(.unavailable, "\(doing): there is no runner: \(trouble)", effect: .none)
    }
    return try await boundary.cross(point) { () async throws(Fault) -> Value in try await perform(doing, call) }
  }

  private func perform<Value: Sendable>(
    _ doing: String, _ call: @escaping @Sendable (RunnerClient, CallInterrupt) throws(RunnerError) -> Value
  ) async throws(Fault) -> Value {
    let client = client
    let interrupt = CallInterrupt()
    let result: Result<Value, RunnerError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A serial queue has a thread at once; those of a concurrent one are as few as there are processors.
        DispatchQueue(label: "traind.local").async {
          do throws(RunnerError) {
            continuation.resume(returning: .success(try call(client, interrupt)))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        }
      }
    } onCancel: {
      interrupt.trip()
    }
    switch result {
    case .success(let response): return response
    case .failure(let error): throw LocalCalls.fault(error, doing)
    }
  }

  static func fault(_ error: RunnerError, _ doing: String) -> Fault {
    let message = "\(doing): \(error.message)"
    switch error.code {
    case .unreachable:
      return .transient(
        .unavailable, message, hint: error.hint ?? "is traind-runner running?", effect: .none)
    // The operator's to repair, and no job's fault: jobs wait for it.
    case .notPermitted: return .transient(.unauthorized, message, hint: error.hint, effect: .none)
    case .unsupportedVersion, .busy: return .transient(.unavailable, message, hint: error.hint, effect: .none)
    case .running: return .transient(.unavailable, message, hint: error.hint, effect: .none)
    case .timeout: return .transient(.timeout, message, hint: error.hint)
    case .disconnected: return .transient(.unavailable, message, hint: error.hint)
    case .interrupted: return .transient(.interrupted, message, hint: error.hint)
    case .changed: return .transient(.misaligned, message, hint: error.hint)
    case .diskFull: return .transient(.diskFull, message, hint: error.hint ?? "free some space on the runner's disk")
    case .badRequest, .badOutput: return .permanent(.rejected, message, hint: error.hint)
    case .unknownKey, .nothingWritten: return .permanent(.notFound, message, hint: error.hint)
    case .conflict: return .permanent(.alreadyExists, message, hint: error.hint)
    case .io, .unreadable: return .transient(.io, message, hint: error.hint)
    default: return .transient(.badAnswer, message, hint: error.hint)
    }
  }
}
