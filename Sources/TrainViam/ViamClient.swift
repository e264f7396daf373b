package import GRPCCore
package import TrainCore
package import TrainTransport
package import ViamAPI

/// Viam's services with the connection's token on every call. A refused token is renewed once, and the call made again:
/// a refusal says that nothing was done.
package struct ViamClient: Sendable {
  package typealias Training = Viam_App_Mltraining_V1_MLTrainingService.Client<GRPCConnection.Transport>
  package typealias Packages = Viam_App_Packages_V1_PackageService.Client<GRPCConnection.Transport>

  package static let deadline = Duration.seconds(15)
  /// A list holds every job that the organization ever had.
  package static let listDeadline = Duration.seconds(45)

  private let connection: GRPCConnection
  private let tokens: ViamTokens

  package init(connection: GRPCConnection, tokens: ViamTokens) {
    self.connection = connection
    self.tokens = tokens
  }

  package func training<Value: Sendable>(
    _ point: CrashPoint, _ what: String, deadline: Duration = deadline,
    _ rpc: (Training, Metadata, CallOptions) async throws -> Value
  ) async throws(FailedCall) -> Value {
    try await call(point, what, deadline) { client, metadata, options in
      try await rpc(Training(wrapping: client), metadata, options)
    }
  }

  package func packages<Value: Sendable>(
    _ point: CrashPoint, _ what: String, deadline: Duration = deadline,
    _ rpc: (Packages, Metadata, CallOptions) async throws -> Value
  ) async throws(FailedCall) -> Value {
    try await call(point, what, deadline) { client, metadata, options in
      try await rpc(Packages(wrapping: client), metadata, options)
    }
  }

  private func call<Value: Sendable>(
    _ point: CrashPoint, _ what: String, _ deadline: Duration,
    _ rpc: (GRPCConnection.Client, Metadata, CallOptions) async throws -> Value
  ) async throws(FailedCall) -> Value {
    let token = try await token()
    do throws(FailedCall) {
      return try await attempt(point, what, deadline, token, rpc)
    } catch {
      guard error.code == .unauthenticated || error.code == .permissionDenied else { throw error }
      await tokens.drop(token)
      return try await attempt(point, what, deadline, try await self.token(), rpc)
    }
  }

  private func token() async throws(FailedCall) -> Secret {
    do throws(Fault) {
      return try await tokens.token()
    } catch {
      throw FailedCall(code: nil, message: error.message, fault: error.beforeTheCall)
    }
  }

  private func attempt<Value: Sendable>(
    _ point: CrashPoint, _ what: String, _ deadline: Duration, _ token: Secret,
    _ rpc: (GRPCConnection.Client, Metadata, CallOptions) async throws -> Value
  ) async throws(FailedCall) -> Value {
    do throws(FailedCall) {
      return try await connection.call(point, what, deadline: deadline, authorization: token, rpc)
    } catch {
      var failed = error
      failed.fault = failed.fault.hiding([token])
      throw failed
    }
  }
}
