internal import GRPCCore

extension FakeViam {
  /// The gRPC statuses that tests script.
  public enum Code: Sendable, CaseIterable {
    case cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
    case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, internalError, unavailable
    case dataLoss, unauthenticated

    var rpc: RPCError.Code {
      switch self {
      case .cancelled: .cancelled
      case .unknown: .unknown
      case .invalidArgument: .invalidArgument
      case .deadlineExceeded: .deadlineExceeded
      case .notFound: .notFound
      case .alreadyExists: .alreadyExists
      case .permissionDenied: .permissionDenied
      case .resourceExhausted: .resourceExhausted
      case .failedPrecondition: .failedPrecondition
      case .aborted: .aborted
      case .outOfRange: .outOfRange
      case .unimplemented: .unimplemented
      case .internalError: .internalError
      case .unavailable: .unavailable
      case .dataLoss: .dataLoss
      case .unauthenticated: .unauthenticated
      }
    }
  }
}
