public import GRPCCore
internal import Synchronization
public import TrainCore

extension GRPCConnection {
  /// Makes one call, once.
  /// - Parameters:
  ///   - point: where a debug build can die before it, and after its answer.
  ///   - what: what is being done, to what: `listing the training jobs of organization 1234`.
  ///   - deadline: how long it may take, connecting included.
  ///   - authorization: a bearer token.
  /// - Throws: ``FailedCall`` with the status for those who look into it, and the fault for everybody else.
  public func call<Value: Sendable>(
    _ point: CrashPoint, _ what: String, deadline: Duration, authorization: Secret? = nil,
    _ rpc: (Client, Metadata, CallOptions) async throws -> Value
  ) async throws(FailedCall) -> Value {
    start()
    var options = CallOptions.defaults
    options.timeout = deadline
    options.maxResponseMessageBytes = largestAnswer
    // The transport (2.9.2) takes this one for what arrives, too.
    options.maxRequestMessageBytes = largestAnswer
    var metadata = Metadata()
    if let authorization { metadata.addString("Bearer \(authorization.reveal())", forKey: "authorization") }
    let mark = SendMark.Flag()
    do {
      return try await boundary.cross(point) { () async throws -> Value in
        try await SendMark.$current.withValue(mark) { try await rpc(client, metadata, options) }
      }
    } catch {
      throw FailedCall(error, doing: what, on: self, wasSent: mark.isSet)
    }
  }
}

/// A call that brought no answer.
public struct FailedCall: Error, Sendable {
  /// The status; `nil` when the call never came so far.
  public var code: RPCError.Code?
  /// The far side's text, or the library's.
  public var message: String
  public var fault: Fault

  public init(code: RPCError.Code?, message: String, fault: Fault) {
    self.code = code
    self.message = message
    self.fault = fault
  }
}

/// Notes that a call was given a stream. Before that nothing of it can have reached the far side.
struct SendMark: ClientInterceptor {
  final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
  }

  @TaskLocal static var current: Flag?

  func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingClientRequest<Input>, context: ClientContext,
    next: (StreamingClientRequest<Input>, ClientContext) async throws -> StreamingClientResponse<Output>
  ) async throws -> StreamingClientResponse<Output> {
    SendMark.current?.set()
    return try await next(request, context)
  }
}
