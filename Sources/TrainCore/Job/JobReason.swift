/// Why a job is in the state it is in. Stable words: they are part of the interface and of stored rows.
public enum JobReason: String, Hashable, Sendable, Codable, CaseIterable {
  case attemptsExhausted = "attempts-exhausted"
  case unauthorized
  case rejected
  case trainingFailed = "training-failed"
  case lost
  case queueTimeout = "queue-timeout"
  case runTimeout = "run-timeout"
  case publishRefused = "publish-refused"
  case cancelledByUser = "cancelled-by-user"
  case cancelledRemotely = "cancelled-remotely"
  case completedBeforeCancel = "completed-before-cancel"
  case alreadyExists = "already-exists"
  case diskFull = "disk-full"
  case artifactUnavailable = "artifact-unavailable"
  case heldByUser = "held-by-user"
  case retriedByUser = "retried-by-user"
  case publishedByUser = "published-by-user"
  case releasedByUser = "released-by-user"
  case givenUp = "given-up"
  case promotedByUser = "promoted-by-user"
  case promotionRefused = "promotion-refused"
  case uploadLeft = "upload-left"

  /// What it takes to go on from here.
  public enum RetryClass: String, Sendable {
    /// traind starts another attempt, or goes on, by itself.
    case automatic
    /// An operator repairs something, then says `retry`, `publish` or `release`.
    case operatorAction = "operator"
    /// Nothing is left to do.
    case final
  }

  public var retryClass: RetryClass {
    switch self {
    case .trainingFailed, .diskFull: .automatic
    case .attemptsExhausted, .unauthorized, .rejected, .lost, .queueTimeout, .runTimeout, .publishRefused,
      .cancelledRemotely, .alreadyExists, .artifactUnavailable, .heldByUser, .givenUp, .cancelledByUser,
      .promotionRefused, .uploadLeft:
      .operatorAction
    case .completedBeforeCancel, .retriedByUser, .publishedByUser, .releasedByUser, .promotedByUser: .final
    }
  }
}
