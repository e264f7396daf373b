extension JobMachine {
  /// What the provider said about a run. Silence never gets here.
  mutating func observed(_ attempt: Int, _ observation: Observation, _ steps: inout Steps) {
    switch state {
    case .submitted(let run) where run.attempt == attempt:
      note(observation)
      if observation.hasRun || observation.phase == .running || observation.phase == .stopping {
        var started = run
        started.started = steps.now
        lastRun = started
        move(to: .running(started), &steps, detail: ["remote_id": .string(run.handle.reference)])
        ended(started, observation.phase, &steps)
      } else {
        ended(run, observation.phase, &steps)
      }
    case .running(let run) where run.attempt == attempt:
      note(observation)
      ended(run, observation.phase, &steps)
    case .cancelling(let stopping) where stopping.run.attempt == attempt:
      note(observation)
      stopped(stopping, observation.phase, &steps)
    case .queued, .submitting, .submitted, .running, .backingOff, .publishing, .cancelling, .withdrawing, .done,
      .failed, .cancelled:
      break
    }
  }

  /// Keeps what was known: a provider that no longer tells the metrics has not lost them.
  private mutating func note(_ observation: Observation) {
    var merged = observation
    merged.progress = observation.progress ?? progress?.progress
    merged.status = observation.status ?? progress?.status
    merged.metrics = (progress?.metrics ?? [:]).merging(observation.metrics) { _, new in new }
    progress = merged
  }

  private mutating func ended(_ run: Run, _ phase: Observation.Phase, _ steps: inout Steps) {
    switch phase {
    case .pending, .running, .stopping: break
    case .succeeded: succeeded(run, &steps)
    case .failed(let message):
      logsOwed.append(.init(run: run))
      attemptFailed(message, &steps)
    case .cancelled:
      logsOwed.append(.init(run: run))
      move(to: .cancelled(.cancelledRemotely, message: "cancelled on the platform, not by traind"), &steps)
    case .lost(let message): move(to: .failed(.lost, message: message), &steps)
    }
  }

  private mutating func succeeded(_ run: Run, _ steps: inout Steps) {
    var run = run
    run.ended = steps.now
    logsOwed.append(.init(run: run))
    trained = true
    lastRun = run
    move(to: .publishing(run), &steps)
  }

  private mutating func attemptFailed(_ message: String, _ steps: inout Steps) {
    let used = attempt - attemptsForgiven
    guard used < rules.retry.attempts else {
      let reason: JobReason = rules.retry.attempts > 1 ? .attemptsExhausted : .trainingFailed
      move(to: .failed(reason, message: message), &steps)
      return
    }
    let delay = rules.retry.delay(afterTry: used, of: rules.id.description, attempt: attempt)
    move(to: .backingOff(.init(nextAttempt: attempt + 1, until: steps.now + delay, message: message)), &steps)
  }

  /// The end of a run that was asked to stop. A timeout's own verdict stands, unless the training had won.
  private mutating func stopped(
    _ stopping: JobState.Stopping, _ phase: Observation.Phase, _ steps: inout Steps
  ) {
    let how: String
    switch phase {
    case .pending, .running, .stopping: return
    case .succeeded:
      if stopping.cause != .user {
        succeeded(stopping.run, &steps)
        return
      }
      trained = true
      how = "the training had finished by then; `trainctl publish` publishes it"
    case .failed(let message): how = "the training failed while it was being stopped: \(message)"
    case .cancelled: how = "stopped"
    case .lost(let message): how = message
    }
    if case .lost = phase {} else { logsOwed.append(.init(run: stopping.run)) }
    switch stopping.cause {
    case .user:
      if trained, rules.registries.isEmpty {
        move(to: .done(.completedBeforeCancel), &steps)
      } else {
        move(to: .cancelled(.cancelledByUser, message: how), &steps)
      }
    case .queueTimeout: move(to: .failed(.queueTimeout, message: "waited longer than limits.queue; \(how)"), &steps)
    case .runTimeout: move(to: .failed(.runTimeout, message: "ran longer than limits.run; \(how)"), &steps)
    }
  }
}
