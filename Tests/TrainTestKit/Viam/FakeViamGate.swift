internal import GRPCCore
internal import Synchronization
internal import TrainCore

/// Before every service: notes the call, checks the token, and makes the scripted trouble.
struct FakeViamGate: ServerInterceptor {
  let viam: FakeViam

  func intercept<Input: Sendable, Output: Sendable>(
    request: StreamingServerRequest<Input>, context: ServerContext,
    next: @Sendable (StreamingServerRequest<Input>, ServerContext) async throws -> StreamingServerResponse<Output>
  ) async throws -> StreamingServerResponse<Output> {
    let method = context.descriptor.method
    let authorization = Array(request.metadata[stringValues: "authorization"])
    let call = FakeViam.Call(
      method: method, authorization: authorization,
      timeout: Array(request.metadata[stringValues: "grpc-timeout"]).first)
    let trouble = viam.state.withLock { state -> FakeViam.Trouble? in
      state.calls.append(call)
      if state.isCut { return .refuse(.unavailable, "upstream connect error or disconnect/reset before headers") }
      if let later = state.laterTroubles[method] {
        state.laterTroubles[method] = later.well > 0 ? (later.well - 1, later.trouble) : nil
        if later.well == 0 { return later.trouble }
      }
      if state.troubles[method]?.isEmpty ?? true { return nil }
      return state.troubles[method]?.removeFirst()
    }
    try check(authorization, isAuthentication: method == "Authenticate")
    switch trouble {
    case nil: return try await next(request, context)
    case .refuse(let code, let message): throw RPCError(code: code.rpc, message: message)
    case .hang:
      try await context.cancellation.cancelled
      throw RPCError(code: .cancelled, message: "hung up")
    case .swallow:
      _ = try await next(request, context)
      try await context.cancellation.cancelled
      throw RPCError(code: .cancelled, message: "hung up")
    case .lose(let code, let message):
      _ = try await next(request, context)
      throw RPCError(code: code.rpc, message: message)
    }
  }

  /// The texts are those of Viam's own servers.
  private func check(_ authorization: [String], isAuthentication: Bool) throws {
    if isAuthentication {
      if authorization.isEmpty { return }
      throw RPCError(code: .invalidArgument, message: "already authenticated; cannot re-authenticate")
    }
    guard authorization.count == 1 else { throw RPCError(code: .unauthenticated, message: "authentication required") }
    guard authorization[0].hasPrefix("Bearer ") else {
      throw RPCError(code: .unauthenticated, message: "expected authorization header with prefix: Bearer ")
    }
    let now = viam.time.now.milliseconds / 1000
    let end = viam.state.withLock { $0.tokens[String(authorization[0].dropFirst("Bearer ".count))] } ?? .min
    if end < now { throw RPCError(code: .unauthenticated, message: "unauthenticated: token is expired") }
  }
}
