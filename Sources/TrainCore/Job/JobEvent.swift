/// What a job is told. Replies name their attempt: a late reply of attempt 1 is not attempt 2's.
public enum JobEvent: Hashable, Sendable, Codable {
  /// A slot is free.
  case admitted
  /// The create call is about to be made. Durable before the call.
  case submitAsked(attempt: Int)
  /// The provider runs it under this handle.
  case submitted(attempt: Int, ProviderHandle)
  /// The create certainly had no effect, or its effect has been absent for long enough.
  case submitAbsent(attempt: Int)
  /// The provider refuses it for good: nothing was started.
  case submitRefused(attempt: Int, Fault)
  /// Something is there under our key that is not provably ours.
  case foreignFound(attempt: Int, ProviderHandle, why: String)
  case observed(attempt: Int, Observation)
  /// The provider took the cancel.
  case cancelDelivered(attempt: Int)
  /// The artifact lies in the spool, whole and verified.
  case fetched(attempt: Int, Artifact)
  /// There is no artifact to be had.
  case fetchRefused(attempt: Int, Fault)
  /// The artifact is no longer in the spool.
  case spoolCleared
  /// The run's output is kept here now, or can't be had any more.
  case logsCopied(attempt: Int)
  /// A call for the current state failed and will be made again.
  case callFailed(JobCall, attempt: Int, Fault)
  case deadline(JobWake)
  case publication(registry: String, PublicationMachine.Event)
  /// What an upload held is freed, or was not there any more.
  case abandoned(leftover: Int)
  /// - Parameter holdings: what is there, as the registry names it.
  case abandonFailed(leftover: Int, Fault, holdings: [String])

  case rulesChanged(JobRules)
  case cancelRequested(Operator?)
  case holdRequested(Operator?)
  case releaseRequested(Operator?, adopt: Bool)
  case retryRequested(Operator?)
  case publishRequested(Operator?, registry: String?)
  case giveUpRequested(Operator?, registry: String)
  /// - Parameter alias: `nil` = the spec's.
  case promoteRequested(Operator?, registry: String?, alias: String?)
  /// The alias is to point at what it pointed at before.
  case demoteRequested(Operator?, registry: String?)
}

/// The calls that a job's state can owe, for ``JobEvent/callFailed(_:attempt:_:)``.
public enum JobCall: String, Hashable, Sendable, Codable {
  case submit, cancel, fetch, logs
}

/// Why a sleeping job is to be woken, and when. Identified by its own value: no clock is asked whether it is due,
/// so a jump of the wall clock neither fires nor stalls it.
public enum JobWake: Hashable, Sendable, Codable {
  case call(Timestamp)
  case logs(Timestamp)
  case backoff(Timestamp)
  case queueLimit(Timestamp)
  case runLimit(Timestamp)
  case stopLimit(Timestamp)
  case publication(registry: String, Timestamp)
  case leftover(Int, Timestamp)

  public var at: Timestamp {
    switch self {
    case .call(let at), .logs(let at), .backoff(let at), .queueLimit(let at), .runLimit(let at), .stopLimit(let at),
      .publication(_, let at), .leftover(_, let at):
      at
    }
  }
}
