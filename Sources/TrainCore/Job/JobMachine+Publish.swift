extension JobMachine {
  mutating func fetched(_ attempt: Int, _ found: Artifact, _ steps: inout Steps) {
    guard case .publishing(let run) = state, run.attempt == attempt, !inSpool else { return }
    if let artifact, artifact.sha256 != found.sha256 {
      let message =
        "the provider now has \(found.digest), not \(artifact.digest) as fetched before; it is not published"
      stopPublishing(message, &steps)
      move(to: .failed(.artifactUnavailable, message: message), &steps)
      return
    }
    // What was published is not signed anew when its bytes are fetched again.
    let signature = artifact?.signature
    artifact = found
    if let signature { artifact?.signature = signature }
    inSpool = true
    call = nil
    tell(&steps, detail: ["digest": .string(found.digest), "bytes_total": .int(found.bytes), "artifact": "fetched"])
    finishPublishing(&steps)
  }

  mutating func fetchRefused(_ attempt: Int, _ fault: Fault, _ steps: inout Steps) {
    guard case .publishing(let run) = state, run.attempt == attempt, !inSpool else { return }
    stopPublishing(fault.message, &steps)
    move(to: .failed(.artifactUnavailable, message: fault.message), &steps)
  }

  /// There is nothing to go on with. A commit in doubt stays so: a version may be there.
  private mutating func stopPublishing(_ why: String, _ steps: inout Steps) {
    for index in publications.indices
    where !publications[index].state.commitInDoubt
      && (publications[index].state.session != nil || publications[index].openings != nil)
    {
      change(index, .refused(.permanent(.notFound, why)), &steps)
    }
  }

  mutating func publication(_ registry: String, _ event: PublicationMachine.Event, _ steps: inout Steps) {
    guard let index = publications.firstIndex(where: { $0.registry == registry }) else {
      // It was taken out of the spec while it was worked on.
      if let session = event.session { owe([.init(session: session)], to: registry, &steps) }
      return
    }
    switch state {
    case .publishing, .withdrawing: break
    // What tells of an upload is heard: it is to be freed.
    case .done, .failed, .cancelled: guard publications[index].state.isPromoting || event.session != nil else { return }
    case .queued, .submitting, .submitted, .running, .backingOff, .cancelling: return
    }
    change(index, event, &steps)
    finishPublishing(&steps)
  }

  /// Lets one publication take an event; tells of it when the word that users see changed.
  mutating func change(
    _ index: Int, _ event: PublicationMachine.Event, _ steps: inout Steps, actor: Operator? = nil
  ) {
    let before = publications[index].state
    let promotion = publications[index].promotion
    defer { tellPromotion(publications[index], since: promotion, &steps) }
    let dropped = publications[index].handle(event, at: steps.now, retry: rules.retry, of: rules.id)
    owe(dropped, to: publications[index].registry, &steps)
    let publication = publications[index]
    guard publication.state.word != before.word else { return }
    var detail: [String: JSON] = [
      "registry": .string(publication.registry), "publication": .string(publication.state.word),
      "bytes_sent": .int(publication.bytesSent),
    ]
    if let artifact {
      detail["bytes_total"] = .int(artifact.bytes)
      detail["digest"] = .string(artifact.digest)
    }
    var reason: JobReason?
    var message: String?
    switch publication.state {
    case .waiting, .uploading, .committing: message = publication.call?.fault.message
    case .promoting(let version, _, _), .committed(let version, _):
      detail["remote_id"] = .string(version.id)
      detail["url"] = version.url.map(JSON.string)
    case .failed(let why, let text):
      reason = why
      message = text
    }
    tell(&steps, reason: reason, message: message, actor: actor, detail: detail)
  }

  /// Ends the job once nothing is left to publish.
  private mutating func finishPublishing(_ steps: inout Steps) {
    let settled = publications.allSatisfy(\.state.isSettled)
    var refused: [String] = []
    var committed: [String] = []
    for publication in publications {
      switch publication.state {
      case .failed(_, let message): refused.append("\(publication.registry): \(message)")
      case .committed: committed.append(publication.registry)
      case .waiting, .uploading, .committing, .promoting: break
      }
    }
    switch state {
    case .publishing where settled && inSpool:
      if refused.isEmpty {
        move(to: .done(nil), &steps)
      } else {
        move(to: .failed(.publishRefused, message: refused.joined(separator: "; ")), &steps)
      }
    case .withdrawing where settled:
      if refused.isEmpty, !publications.isEmpty {
        move(to: .done(.completedBeforeCancel), &steps)
      } else {
        let had =
          committed.isEmpty ? "nothing was published" : "published already: \(committed.joined(separator: ", "))"
        move(to: .cancelled(.cancelledByUser, message: had), &steps)
      }
    case .publishing, .withdrawing, .queued, .submitting, .submitted, .running, .backingOff, .cancelling, .done,
      .failed, .cancelled:
      break
    }
  }

  /// Stops what is not in doubt; the rest is resolved first.
  mutating func withdraw(_ run: Run, _ actor: Operator?, _ steps: inout Steps) {
    move(to: .withdrawing(run), &steps, reason: .cancelledByUser, actor: actor)
    for index in publications.indices { change(index, .stopRequested, &steps) }
    finishPublishing(&steps)
  }

  mutating func rulesChanged(_ new: JobRules, _ steps: inout Steps) {
    rules = new
    for old in publications where old.openings != nil && !new.registries.contains(old.registry) {
      owe([.init(session: nil)], to: old.registry, &steps)
    }
    publications.removeAll { old in
      switch old.state {
      case .waiting, .failed: !new.registries.contains(old.registry)
      case .uploading, .committing, .promoting, .committed: false
      }
    }
    for index in publications.indices { publications[index].alias = new.aliases?[publications[index].registry] }
    for registry in new.registries where publication(for: registry) == nil {
      publications.append(PublicationMachine(registry: registry, alias: new.aliases?[registry]))
    }
    finishPublishing(&steps)
  }

  mutating func publishRequested(_ actor: Operator?, _ registry: String?, _ steps: inout Steps) {
    guard trained, let run = lastRun else { return }
    switch state {
    case .done, .failed, .cancelled, .publishing: break
    case .queued, .submitting, .submitted, .running, .backingOff, .cancelling, .withdrawing: return
    }
    let reopened = publications.indices.filter {
      (registry == nil || publications[$0].registry == registry)
        && publications[$0].state.word != "committed"
    }
    guard !reopened.isEmpty || (artifact == nil && state.isTerminal) else { return }
    if state.isTerminal { move(to: .publishing(run), &steps, reason: .publishedByUser, actor: actor) }
    for index in reopened { change(index, .reopened, &steps, actor: actor) }
  }

  mutating func giveUpRequested(_ actor: Operator?, _ registry: String, _ steps: inout Steps) {
    switch state {
    case .publishing, .withdrawing: break
    case .queued, .submitting, .submitted, .running, .backingOff, .cancelling, .done, .failed, .cancelled: return
    }
    guard let index = publications.firstIndex(where: { $0.registry == registry }) else { return }
    change(index, .givenUp(message: "given up by \(actor?.user ?? "an operator")"), &steps, actor: actor)
    finishPublishing(&steps)
  }
}
