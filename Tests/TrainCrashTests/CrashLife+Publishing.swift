import TrainControl
import TrainCore
import TrainTestKit

/// The courses of a job that is being published.
extension CrashLife {
  func cancelPublishing() async throws {
    try await hindered()
    try await askToCancel()
    try await finish()
    await world.admit(name)
  }

  func withdraw() async throws {
    try await until("bytes of \(job) to be sent") { () -> Void? in
      let view = try await daemon.job(job)
      return view.state.isTerminal || view.publications.contains { $0.state == "uploading" } ? () : nil
    }
    try await askToCancel()
    try await finish()
    try await until("what was left to be freed") { () -> Void? in
      try await daemon.job(job).leftovers.isEmpty ? () : nil
    }
  }

  func stopPublishing() async throws {
    try await hindered()
    try await stopAndStart()
    await world.admit(name)
    try await finish()
  }

  /// Until each registry was asked for what it does not do now.
  private func hindered() async throws {
    try await until("the version not to be taken") { () -> Void? in await world.isHindered ? () : nil }
  }

  func refuseAndPublish() async throws {
    try await finish()
    let view = try await until("the job") { try await daemon.job(job) }
    guard view.state == .failed, view.reason == "publish-refused" else {
      throw Unlikely(what: "refused, it ended \(view.state.rawValue), \(view.reason ?? "")")
    }
    let wrong = try await world.refused(view)
    guard wrong.isEmpty else { throw Unlikely(what: "\(wrong)") }
    await world.admit(name)
    try await until("it to be published again") { () -> Void? in
      guard try await daemon.job(job).state == .failed else { return () }
      try await daemon.post(ControlPath.job(job, "publish"), [], "{}")
      return ()
    }
    try await finish()
  }

  struct Unlikely: Error { var what: String }

  func promote() async throws {
    for alias in [FanOutWorld.alias, "staging"] {
      try await promote(PromoteRequest(alias: alias)) { promotion, version in
        promotion.alias == alias && promotion.target == version
      }
      try await promote(PromoteRequest(back: true)) { promotion, version in
        promotion.alias == alias && promotion.target != version
      }
    }
  }

  /// Asks until it was taken, then waits for all moves to end.
  private func promote(
    _ request: PromoteRequest, _ isRight: @escaping @Sendable (PromotionView, String?) -> Bool
  ) async throws {
    @Sendable func isOver(_ view: JobView) -> Bool {
      view.publications.filter { FanOutWorld.aliased.contains($0.registry) }.allSatisfy { publication in
        publication.promotion.map { $0.state == "moved" && isRight($0, publication.remoteID) } ?? false
      }
    }
    try await until("a promotion to be taken") { () -> Void? in
      do {
        try await daemon.post(ControlPath.job(job, "promote"), [], request.json.canonical)
        return ()
      } catch let error as ControlError where error.kind == .failed {
        // Whoever was not told that it was taken may be told that there is nothing left to do.
        let view = try await daemon.job(job)
        return isOver(view) ? () : nil
      }
    }
    try await until("the alias to move") { () -> Void? in isOver(try await daemon.job(job)) ? () : nil }
  }
}
