/// What happens to one request on its way to a far side, there, or on its way back.
public enum RequestFault: Sendable {
  /// Done, then the connection is reset without an answer.
  case answerLost
  /// Done, then this status instead of the answer, as a gateway says it.
  case answerReplaced(Int)
  /// Not done: the connection is reset while the body is on its way.
  case reset
  /// Not done: this status, with `Retry-After` in seconds if given.
  case refused(Int, retryAfter: Int?)
  /// Not done: a page of somebody's, with status 200.
  case garbage
  /// Done with one bit of the body changed. Only bodies of ``FaultGate/dataBytes`` and more: others are the protocol's.
  case bitFlipped
  /// Done; a digest in the answer's headers is another one.
  case digestChanged
  /// Done, after something else happened at the far side.
  case after(@Sendable () async throws -> Void)
}
