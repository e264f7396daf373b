import TrainCore

/// Looks submissions up together: whoever comes while a look-up is out shares the next one.
actor LookupBatcher {
  private typealias Value = Result<Finding<ProviderHandle>, Fault>
  private let provider: any Provider
  private let gate: CallGate
  /// Those who have not been answered, in the order they came.
  private var line: [(ticket: Int, submission: Submission)] = []
  private var replies: [Int: CheckedContinuation<Value, Never>] = [:]
  private var tickets = 0
  private var asking: Task<Void, Never>?
  /// Submissions in one call.
  private let most = 1000

  init(provider: any Provider, gate: CallGate) {
    self.provider = provider
    self.gate = gate
  }

  /// Whoever is cancelled waits no longer for the others' answer.
  func find(_ submission: Submission) async throws(Fault) -> Finding<ProviderHandle> {
    tickets += 1
    let ticket = tickets
    let answer: Value = await withTaskCancellationHandler {
      await withCheckedContinuation { reply in
        line.append((ticket, submission))
        replies[ticket] = reply
        if asking == nil { asking = Task { await ask() } }
      }
    } onCancel: {
      Task { await self.leave(ticket, submission) }
    }
    return try answer.get()
  }

  private func leave(_ ticket: Int, _ submission: Submission) {
    answer(
      ticket, .failure(.transient(.interrupted, "looking up \(submission.job) was interrupted", effect: .none)))
    line.removeAll { $0.ticket == ticket }
    // Nobody is left to be told.
    if replies.isEmpty { asking?.cancel() }
  }

  private func answer(_ ticket: Int, _ answer: Value) {
    replies.removeValue(forKey: ticket)?.resume(returning: answer)
  }

  private func ask() async {
    while !line.isEmpty {
      let batch = line.prefix(most)
      line.removeFirst(batch.count)
      let submissions = batch.map(\.submission)
      let provider = provider
      do throws(Fault) {
        let findings = try await gate.call(.providerFind) { () async throws(Fault) -> [Finding<ProviderHandle>] in
          try await provider.find(submissions)
        }
        guard findings.count == submissions.count else {
          throw Fault.transient(.badAnswer, "looking up \(submissions.count) jobs gave \(findings.count) answers")
        }
        for (request, finding) in zip(batch, findings) { answer(request.ticket, .success(finding)) }
      } catch {
        for request in batch { answer(request.ticket, .failure(error)) }
      }
      // Given up for the sake of those who left; whoever has come since is asked for by another.
      if Task.isCancelled { break }
    }
    asking = line.isEmpty ? nil : Task { await ask() }
  }
}
