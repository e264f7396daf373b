internal import GRPCCore
internal import Glibc
internal import NIOCore
internal import TrainCore

extension FailedCall {
  /// What a far side may add to a message of ours.
  private static let longestText = 500

  /// - Parameter wasSent: the call may have reached the far side.
  init(_ error: any Error, doing what: String, on connection: GRPCConnection, wasSent: Bool) {
    let endpoint = connection.endpoint
    let effect: Fault.Effect = wasSent ? .unknown : .none
    let isOurs = Task.isCancelled || connection.isShutDown || error is RuntimeError || error is CancellationError
    guard !isOurs else {
      let fault = Fault.transient(.interrupted, "\(what): the call was stopped here", effect: effect)
      self.init(code: nil, message: "\(error)", fault: fault)
      return
    }
    guard let error = error as? RPCError else {
      self.init(
        code: nil, message: "\(error)", fault: .transient(.unavailable, "\(what): \(error)", effect: effect))
      return
    }
    let text = String(FailedCall.text(of: error).prefix(FailedCall.longestText))
    let fault =
      wasSent || error.code == .deadlineExceeded
      ? FailedCall.fault(error.code, text, doing: what, on: connection, effect: effect)
      : .transient(
        .unavailable,
        "\(what): \(endpoint) cannot be reached: \(connection.proxyTrouble.text ?? FailedCall.reason(error) ?? text)",
        hint: "check the connection's endpoint, proxy and ca, and the network", effect: .none)
    self.init(code: error.code, message: text, fault: fault)
  }

  /// Why there is no connection, in the system's words; `nil` = it is not the system that says so.
  private static func reason(_ error: RPCError) -> String? {
    var innermost: any Error = error
    while let cause = (innermost as? RPCError)?.cause { innermost = cause }
    return (innermost as? IOError).map { String(cString: strerror($0.errnoCode)) }
  }

  /// The message with its causes, innermost last.
  private static func text(of error: RPCError) -> String {
    var parts = [error.message]
    var cause = error.cause
    for _ in 0..<4 {
      guard let inner = cause else { break }
      let rpc = inner as? RPCError
      parts.append(rpc?.message ?? "\(inner)")
      cause = rpc?.cause
    }
    return parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }

  private static func fault(
    _ code: RPCError.Code, _ text: String, doing what: String, on connection: GRPCConnection, effect: Fault.Effect
  ) -> Fault {
    let endpoint = connection.endpoint
    let said = "\(what): \(endpoint) answered \(code): \(text)"
    if text.contains("exceeded the configured maximum payload size") {
      // Noticed here, whatever status the library gives it.
      return .permanent(
        .rejected,
        "\(what): the answer of \(endpoint) is larger than the \(connection.largestAnswer) bytes that are taken"
      )
    }
    switch code {
    case .deadlineExceeded:
      return .transient(.timeout, "\(what): no answer from \(endpoint) in time", effect: effect)
    case .resourceExhausted where text.contains("larger than"):
      // The message itself is too large: it will be again.
      return .permanent(.rejected, said)
    case .resourceExhausted:
      return .transient(.throttled, said, effect: effect)
    case .unauthenticated, .permissionDenied:
      return .permanent(
        .unauthorized, said, hint: "check the connection's key and what it may do in the organization")
    case .invalidArgument, .failedPrecondition, .outOfRange, .unimplemented:
      return .permanent(.rejected, said)
    case .notFound:
      return .permanent(.notFound, said)
    case .alreadyExists:
      return .permanent(.alreadyExists, said)
    default:
      // UNAVAILABLE, ABORTED, UNKNOWN (servers in Go say it of any untyped error), INTERNAL, DATA_LOSS, CANCELLED.
      return .transient(.unavailable, said, effect: effect)
    }
  }
}
