extension JobMachine {
  /// A cancel is durable desired state: once handled it can't be lost, only be beaten by the end of the job.
  mutating func cancelRequested(_ actor: Operator?, _ steps: inout Steps) {
    switch state {
    case .queued, .backingOff:
      move(
        to: .cancelled(
          .cancelledByUser, message: "cancelled before attempt \(state.nextAttempt ?? attempt) was submitted"),
        &steps, actor: actor)
    case .submitting(var submitting):
      if submitting.asked == nil {
        // The provider was certainly never asked, and the effect cannot ask without this machine's leave.
        move(
          to: .cancelled(.cancelledByUser, message: "cancelled before it was submitted"), &steps, actor: actor)
      } else if !submitting.cancelRequested {
        submitting.cancelRequested = true
        state = .submitting(submitting)
        call?.until = nil
        tell(
          &steps, reason: .cancelledByUser,
          message: "the cancel waits for the provider's answer to the submission", actor: actor)
      }
    case .submitted(let run), .running(let run):
      move(to: .cancelling(.init(run: run, cause: .user)), &steps, reason: .cancelledByUser, actor: actor)
    case .cancelling(var stopping):
      // A timeout was stopping it; now somebody wants it gone.
      guard stopping.cause != .user else { return }
      stopping.cause = .user
      state = .cancelling(stopping)
      tell(&steps, reason: .cancelledByUser, actor: actor)
    case .publishing(let run): withdraw(run, actor, &steps)
    case .withdrawing, .done, .failed, .cancelled: break
    }
  }

  mutating func holdRequested(_ actor: Operator?, _ steps: inout Steps) {
    guard !state.isTerminal, hold == nil else { return }
    hold = Hold(reason: .heldByUser, message: "held by \(actor?.user ?? "an operator")")
    tell(&steps, reason: .heldByUser, message: hold?.message, actor: actor)
  }

  mutating func releaseRequested(_ actor: Operator?, adopt: Bool, _ steps: inout Steps) {
    guard !state.isTerminal, hold != nil else { return }
    hold = nil
    if case .queued(var queued) = state {
      queued.adopt = adopt
      state = .queued(queued)
    }
    tell(
      &steps, reason: .releasedByUser, message: adopt ? "released; what is found is adopted" : "released",
      actor: actor)
  }

  /// Another attempt after the end; for a job that trained, another try at publishing: it is never trained twice.
  mutating func retryRequested(_ actor: Operator?, _ steps: inout Steps) {
    switch state {
    case .failed, .cancelled: break
    case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling, .withdrawing, .done:
      return
    }
    if trained {
      publishRequested(actor, nil, &steps)
      return
    }
    // A number that a provider has accepted is used up; one that was refused or never submitted is not.
    if lastRun?.attempt == attempt { attempt += 1 }
    attemptsForgiven = attempt - 1
    hold = nil
    move(
      to: .queued(.init(attempt: attempt, since: steps.now)), &steps, reason: .retriedByUser, actor: actor)
  }
}

extension JobState {
  /// The attempt that this state waits to begin.
  var nextAttempt: Int? {
    switch self {
    case .queued(let queued): queued.attempt
    case .backingOff(let backingOff): backingOff.nextAttempt
    case .submitting, .submitted, .running, .publishing, .cancelling, .withdrawing, .done, .failed, .cancelled: nil
    }
  }
}
