internal import TrainControl
internal import TrainCore
internal import TrainEngine

/// One plain sentence: why a job waits or failed, and what happens next. A value of what is known.
struct Why {
  let record: JobRecord
  let provider: ConnectionStatus?
  let now: Timestamp
  let isDraining: Bool
  /// Why no new work is begun; `nil` = no disk is full.
  let diskFull: Fault?

  /// The stable word for it, where there is one.
  var reason: JobReason? {
    let machine = record.machine
    if let reason = machine.state.reason ?? machine.hold?.reason { return reason }
    let waitsForDisk = machine.state.word == .queued ? diskFull != nil : machine.call?.fault.code == .diskFull
    return waitsForDisk ? .diskFull : nil
  }

  var sentence: String {
    let machine = record.machine
    if let hold = machine.hold, !machine.state.isTerminal {
      let how =
        hold.reason == .alreadyExists
        ? "`trainctl release --adopt \(record.id)` takes it as ours, or give the spec a new version"
        : "`trainctl release \(record.id)` lets it go on"
      return "It is held (\(hold.reason.rawValue)): \(hold.message); \(how)."
    }
    return "\(state(machine))\(away(machine))\(leftovers(machine))".split(separator: "\n").joined(separator: " ")
  }

  private func state(_ machine: JobMachine) -> String {
    switch machine.state {
    case .queued:
      if isDraining {
        return "It waits because the daemon is draining; `trainctl drain --off` or a restart takes new work."
      }
      if let diskFull {
        return "It waits because a disk is full (\(diskFull.message)); it goes on by itself when there is space."
      }
      let ahead = provider.map { " (\($0.running) running, \($0.waiting) waiting)" } ?? ""
      return "It waits for a free slot on \(record.spec.provider)\(ahead)."
    case .submitting(let submitting):
      if let call = machine.call { return failing("It is being submitted", call) }
      return submitting.cancelRequested
        ? "A cancel waits for the provider's answer to the submission." : "The provider is being asked to start it."
    case .submitted: return "\(record.spec.provider) has accepted it and not started it yet."
    case .running: return "It runs on \(record.spec.provider)\(progress(machine))."
    case .backingOff(let backingOff):
      return
        "Attempt \(backingOff.nextAttempt - 1) failed (\(backingOff.message)); attempt \(backingOff.nextAttempt) of "
        + "\(machine.rules.retry.attempts + machine.attemptsForgiven) begins \(at(backingOff.until))."
    case .publishing:
      if !machine.inSpool {
        return machine.call.map { failing("It trained; its artifact is being fetched", $0) }
          ?? "It trained; its artifact is being fetched."
      }
      return "It trained; it is being published: \(machine.publications.map(publication).joined(separator: ", "))."
    case .withdrawing:
      return
        "A cancel waits for a publication in doubt: \(machine.publications.map(publication).joined(separator: ", "))."
    case .cancelling(let stopping):
      if let call = machine.call { return failing("It is being stopped", call) }
      if stopping.delivered == nil { return "It is being stopped." }
      return stopping.forced
        ? "It was told to stop at once; the provider has not confirmed it yet."
        : "The provider is stopping it; it is forced \(at((stopping.delivered ?? now) + machine.rules.limits.stop))."
    case .done(let reason):
      return reason == nil ? "It is done." : "It was done before the cancel came."
    case .failed(let reason, let message):
      return "It failed (\(reason.rawValue)): \(message); \(next(reason))."
    case .cancelled(let reason, let message): return "It was cancelled (\(reason.rawValue)): \(message)."
    }
  }

  private func next(_ reason: JobReason) -> String {
    switch reason {
    case .publishRefused, .artifactUnavailable: "repair that, then `trainctl publish \(record.id)` tries again"
    default: "repair that, then `trainctl retry \(record.id)` starts another attempt"
    }
  }

  private func failing(_ what: String, _ call: CallRetry) -> String {
    let when = call.until.map { "tried again \(at($0))" } ?? "being tried again now"
    let hint = call.fault.hint.map { "; \($0)" } ?? ""
    return
      "\(what); the call failed \(call.tries) time\(call.tries == 1 ? "" : "s") (\(call.fault.message)\(hint)) and is "
      + "\(when)."
  }

  private func publication(_ publication: PublicationMachine) -> String {
    var text = "\(publication.registry) \(publication.state.word)"
    if let call = publication.call, !publication.state.isSettled {
      let when = call.until.map { "again \(at($0))" } ?? "again now"
      text += " (failed \(call.tries) time\(call.tries == 1 ? "" : "s"): \(call.fault.message); \(when))"
    }
    return text
  }

  private func leftovers(_ machine: JobMachine) -> String {
    machine.leftoversOwed.map { leftover in
      let what = " \(leftover.registry) still holds \(leftover.words), which is being freed"
      return leftover.call.map { failing(what, $0) } ?? "\(what)."
    }.joined()
  }

  private func progress(_ machine: JobMachine) -> String {
    guard let fraction = machine.progress?.progress else { return "" }
    return " (\(Int(fraction * 100)) %)"
  }

  private func away(_ machine: JobMachine) -> String {
    guard let provider, let since = provider.unreachableSince, machine.state.run != nil, !machine.inSpool else {
      return ""
    }
    let minutes = max(0, (now - since).wholeMilliseconds / 60_000)
    return
      " \(provider.name) has not answered for \(minutes) min (\(provider.fault?.message ?? "no answer")); "
      + "that changes nothing about the job."
  }

  private func at(_ time: Timestamp) -> String {
    let seconds = max(0, (time - now).wholeMilliseconds / 1000)
    return seconds < 120 ? "in \(seconds) s" : "in \(seconds / 60) min"
  }
}
