import TrainCore

/// Looks submissions up together: whoever comes while a look-up is out shares the next one.
actor LookupDesk {
  private typealias Answer = Result<Finding<ProviderHandle>, Fault>
  private let provider: any Provider
  private let gate: CallGate
  private var waiting: [(submission: Submission, reply: CheckedContinuation<Answer, Never>)] = []
  private var isAsking = false
  /// Submissions in one call.
  private let most = 1000

  init(provider: any Provider, gate: CallGate) {
    self.provider = provider
    self.gate = gate
  }

  func find(_ submission: Submission) async throws(Fault) -> Finding<ProviderHandle> {
    let answer: Answer = await withCheckedContinuation { reply in
      waiting.append((submission, reply))
      guard !isAsking else { return }
      isAsking = true
      Task { await ask() }
    }
    return try answer.get()
  }

  private func ask() async {
    while !waiting.isEmpty {
      let batch = waiting.prefix(most)
      waiting.removeFirst(batch.count)
      let submissions = batch.map(\.submission)
      let provider = provider
      do throws(Fault) {
        let findings = try await gate.call(.providerFind) { () async throws(Fault) -> [Finding<ProviderHandle>] in
          try await provider.find(submissions)
        }
        guard findings.count == submissions.count else {
          throw Fault.transient(.badAnswer, "looking up \(submissions.count) jobs gave \(findings.count) answers")
        }
        for (request, finding) in zip(batch, findings) { request.reply.resume(returning: .success(finding)) }
      } catch {
        for request in batch { request.reply.resume(returning: .failure(error)) }
      }
    }
    isAsking = false
  }
}
