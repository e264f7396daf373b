extension JobMachine {
  /// Takes one event. What changed is in the value; what users should hear of is returned, in order.
  /// An event that means nothing in this state changes nothing.
  public mutating func handle(_ event: JobEvent, at now: Timestamp) -> [Transition] {
    var steps = Steps(now: now)
    switch event {
    case .admitted: admit(&steps)
    case .submitAsked(let attempt): submitAsked(attempt, at: now)
    case .submitted(let attempt, let handle): submitted(attempt, handle, &steps)
    case .submitAbsent(let attempt): submitAbsent(attempt, &steps)
    case .submitRefused(let attempt, let fault): submitRefused(attempt, fault, &steps)
    case .foreignFound(let attempt, let handle, let why): foreignFound(attempt, handle, why, &steps)
    case .observed(let attempt, let observation): observed(attempt, observation, &steps)
    case .cancelDelivered(let attempt): cancelDelivered(attempt, at: now)
    case .fetched(let attempt, let artifact): fetched(attempt, artifact, &steps)
    case .fetchRefused(let attempt, let fault): fetchRefused(attempt, fault, &steps)
    case .spoolCleared: inSpool = false
    case .logsCopied(let attempt): logsOwed.removeAll { $0.run.attempt == attempt }
    case .callFailed(let call, let attempt, let fault): callFailed(call, attempt, fault, at: now)
    case .deadline(let wake): deadline(wake, &steps)
    case .publication(let registry, let event): publication(registry, event, &steps)
    case .abandoned(let number): abandoned(number, &steps)
    case .abandonFailed(let number, let fault, let holdings): abandonFailed(number, fault, holdings, &steps)
    case .rulesChanged(let rules): rulesChanged(rules, &steps)
    case .cancelRequested(let actor): cancelRequested(actor, &steps)
    case .holdRequested(let actor): holdRequested(actor, &steps)
    case .releaseRequested(let actor, let adopt): releaseRequested(actor, adopt: adopt, &steps)
    case .retryRequested(let actor): retryRequested(actor, &steps)
    case .publishRequested(let actor, let registry): publishRequested(actor, registry, &steps)
    case .giveUpRequested(let actor, let registry): giveUpRequested(actor, registry, &steps)
    case .promoteRequested(let actor, let registry, let alias): promoteRequested(actor, registry, alias, &steps)
    case .demoteRequested(let actor, let registry): demoteRequested(actor, registry, &steps)
    }
    return steps.taken
  }

  /// The transitions of one event, and the moment it came.
  struct Steps {
    let now: Timestamp
    var taken: [Transition] = []
  }

  /// Enters a state: the call of the one before is forgotten, the step is told.
  mutating func move(
    to next: JobState, _ steps: inout Steps, reason: JobReason? = nil, message: String? = nil,
    actor: Operator? = nil, detail: [String: JSON] = [:]
  ) {
    let from = state.word
    state = next
    call = nil
    steps.taken.append(
      Transition(
        time: steps.now, from: from, to: next.word, reason: reason ?? next.reason,
        message: message ?? next.message, attempt: attempt, actor: actor, detail: detail))
  }

  /// Tells of something that changed no state.
  func tell(
    _ steps: inout Steps, reason: JobReason? = nil, message: String? = nil, actor: Operator? = nil,
    detail: [String: JSON] = [:]
  ) {
    steps.taken.append(
      Transition(
        time: steps.now, from: state.word, to: state.word, reason: reason, message: message, attempt: attempt,
        actor: actor, detail: detail))
  }

  // MARK: Submitting

  private mutating func admit(_ steps: inout Steps) {
    guard case .queued(let queued) = state, hold == nil else { return }
    attempt = queued.attempt
    let submitting = JobState.Submitting(
      attempt: queued.attempt, queuedSince: queued.since, intended: steps.now, asked: nil, adopt: queued.adopt)
    move(to: .submitting(submitting), &steps)
  }

  private mutating func submitAsked(_ attempt: Int, at now: Timestamp) {
    guard case .submitting(var submitting) = state, submitting.attempt == attempt, submitting.asked == nil,
      !submitting.cancelRequested
    else { return }
    submitting.asked = now
    state = .submitting(submitting)
  }

  private mutating func submitted(_ attempt: Int, _ handle: ProviderHandle, _ steps: inout Steps) {
    guard case .submitting(let submitting) = state, submitting.attempt == attempt else { return }
    let run = Run(attempt: attempt, handle: handle, accepted: steps.now, queued: submitting.queuedSince)
    lastRun = run
    progress = nil
    let detail: [String: JSON] = ["remote_id": .string(handle.reference)]
    move(to: .submitted(run), &steps, detail: detail)
    if submitting.cancelRequested {
      move(to: .cancelling(.init(run: run, cause: .user)), &steps, reason: .cancelledByUser, detail: detail)
    }
  }

  private mutating func submitAbsent(_ attempt: Int, _ steps: inout Steps) {
    guard case .submitting(var submitting) = state, submitting.attempt == attempt else { return }
    if submitting.cancelRequested {
      move(to: .cancelled(.cancelledByUser, message: "cancelled before the provider had it"), &steps)
    } else {
      submitting.asked = nil
      state = .submitting(submitting)
      call = nil
    }
  }

  private mutating func submitRefused(_ attempt: Int, _ fault: Fault, _ steps: inout Steps) {
    guard case .submitting(let submitting) = state, submitting.attempt == attempt else { return }
    if submitting.cancelRequested {
      move(to: .cancelled(.cancelledByUser, message: "cancelled; the provider had refused it"), &steps)
    } else {
      move(to: .failed(fault.code == .unauthorized ? .unauthorized : .rejected, message: fault.message), &steps)
    }
  }

  private mutating func foreignFound(
    _ attempt: Int, _ handle: ProviderHandle, _ why: String, _ steps: inout Steps
  ) {
    guard case .submitting(let submitting) = state, submitting.attempt == attempt else { return }
    if submitting.adopt, !submitting.cancelRequested {
      submitted(attempt, handle, &steps)
    } else if submitting.cancelRequested {
      move(to: .cancelled(.cancelledByUser, message: "cancelled; what the provider has is not ours: \(why)"), &steps)
    } else {
      hold = Hold(reason: .alreadyExists, message: why)
      move(
        to: .queued(.init(attempt: attempt, since: submitting.queuedSince)), &steps, reason: .alreadyExists,
        message: why, detail: ["remote_id": .string(handle.reference)])
    }
  }

  // MARK: Calls and deadlines

  private mutating func callFailed(_ failed: JobCall, _ attempt: Int, _ fault: Fault, at now: Timestamp) {
    switch (failed, state) {
    case (.logs, _):
      guard let index = logsOwed.firstIndex(where: { $0.run.attempt == attempt }) else { return }
      logsOwed[index].call = retry(logsOwed[index].call, failed, attempt, fault, at: now)
    case (.submit, .submitting(let submitting)) where submitting.attempt == attempt:
      call = retry(call, failed, attempt, fault, at: now)
    case (.cancel, .cancelling(let stopping)) where stopping.run.attempt == attempt && stopping.delivered == nil:
      call = retry(call, failed, attempt, fault, at: now)
    case (.fetch, .publishing(let run)) where run.attempt == attempt && !inSpool:
      call = retry(call, failed, attempt, fault, at: now)
    case (.submit, _), (.cancel, _), (.fetch, _): break
    }
  }

  private func retry(
    _ before: CallRetry?, _ call: JobCall, _ attempt: Int, _ fault: Fault, at now: Timestamp
  ) -> CallRetry {
    let tries = (before?.tries ?? 0) + 1
    let delay = rules.retry.delay(
      afterTry: tries, of: "\(rules.id)/\(call.rawValue)", attempt: attempt, atLeast: fault.retryAfter)
    return CallRetry(tries: tries, until: now + delay, fault: fault)
  }

  private mutating func deadline(_ wake: JobWake, _ steps: inout Steps) {
    switch wake {
    case .call(let due): if call?.until == due { call?.until = nil }
    case .logs(let due):
      for index in logsOwed.indices where logsOwed[index].call?.until == due { logsOwed[index].call?.until = nil }
    case .backoff(let due):
      guard case .backingOff(let backingOff) = state, backingOff.until == due else { return }
      attempt = backingOff.nextAttempt
      move(to: .queued(.init(attempt: backingOff.nextAttempt, since: steps.now)), &steps)
    case .queueLimit(let due): queueLimit(due, &steps)
    case .runLimit(let due):
      guard case .running(let run) = state, let limit = rules.limits.run, (run.started ?? run.accepted) + limit == due
      else { return }
      move(to: .cancelling(.init(run: run, cause: .runTimeout)), &steps, reason: .runTimeout)
    case .stopLimit(let due):
      guard case .cancelling(var stopping) = state, let delivered = stopping.delivered, !stopping.forced,
        delivered + rules.limits.stop == due
      else { return }
      stopping.delivered = nil
      stopping.forced = true
      state = .cancelling(stopping)
      call = nil
    case .publication(let registry, let due): publication(registry, .deadline(due), &steps)
    case .leftover(let number, let due): leftoverDeadline(number, due)
    }
  }

  private mutating func queueLimit(_ due: Timestamp, _ steps: inout Steps) {
    guard let limit = rules.limits.queue else { return }
    switch state {
    case .queued(let queued) where queued.since + limit == due:
      move(to: .failed(.queueTimeout, message: "waited longer than limits.queue for a slot"), &steps)
    case .submitted(let run) where run.queued + limit == due:
      move(to: .cancelling(.init(run: run, cause: .queueTimeout)), &steps, reason: .queueTimeout)
    case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling, .withdrawing, .done,
      .failed, .cancelled:
      break
    }
  }

  private mutating func cancelDelivered(_ attempt: Int, at now: Timestamp) {
    guard case .cancelling(var stopping) = state, stopping.run.attempt == attempt, stopping.delivered == nil
    else { return }
    stopping.delivered = now
    state = .cancelling(stopping)
    call = nil
  }
}
