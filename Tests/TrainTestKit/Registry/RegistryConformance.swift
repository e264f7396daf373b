internal import TrainCore

/// What every registry promises, tried on a real far side. Each throws ``ConformanceFailure`` or a ``Fault``.
public struct RegistryConformance: Sendable {
  let harness: any RegistryHarness
  let release: Release
  let files: [String: [UInt8]]

  /// - Parameters:
  ///   - files: the artifact. Several parts' worth, so that there is a middle.
  ///   - directory: where they are written.
  public init(_ harness: any RegistryHarness, files: [String: [UInt8]], in directory: String) throws {
    self.harness = harness
    self.files = files
    release = try SampleRelease.make(files, in: directory, options: harness.options)
  }

  /// Publishing makes one version, byte for byte what was released, and it is found as ours afterwards, by a new
  /// instance too.
  public func `publishes once and finds its own`() async throws {
    try await with { registry in
      try ConformanceFailure.unless(try await registry.find(release) == .absent, "something is there before publishing")
      let outcome = try await Publisher(registry).publish(release)
      try ConformanceFailure.unless(outcome.faults.isEmpty, "faults on the way: \(outcome.faults)")
      try await harness.expectWhole(outcome.version, files)
      try ConformanceFailure.unless(
        try await registry.find(release) == .ours(outcome.version), "its own version is not found as its own")
    }
    try await with { registry in
      let again = try await Publisher(registry).publish(release)
      try ConformanceFailure.unless(again.adopted && again.opens == 0, "published again instead of adopting")
      try ConformanceFailure.unless(try await harness.count() == 1, "not exactly one version")
    }
  }

  /// Nothing can be seen before the commit, and pace is taken for every byte, a MiB at most at once.
  public func `shows nothing before the commit`() async throws {
    try await with { registry in
      let pace = CountingPace()
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry, pace: pace).send(release, &progress)
      let sent = progress.receipts.reduce(0) { $0 + $1.length }
      try ConformanceFailure.unless(pace.bytes == sent, "paced \(pace.bytes) bytes, sent \(sent)")
      try ConformanceFailure.unless(pace.largest <= 1024 * 1024, "took \(pace.largest) bytes at once")
      try ConformanceFailure.unless(sent <= progress.total, "sent \(sent) of \(progress.total)")
      let session = try await registry.seal(progress.session, for: release, receipts: progress.receipts)
      let sealed = try await registry.seal(session, for: release, receipts: progress.receipts)
      try ConformanceFailure.unless(try await registry.find(release) == .absent, "something is seen before the commit")
      try ConformanceFailure.unless(try await harness.count() == 0, "something is there before the commit")
      let version = try await registry.commit(sealed, for: release)
      try await registry.verify(version, for: release)
      try await harness.expectWhole(version, files)
    }
  }

  /// A restart in the middle of an upload costs no part that has a receipt.
  public func `goes on after a restart in the middle`() async throws {
    let progress = try await with { registry in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      return progress
    }
    try await with { registry in
      let plan = try await registry.remaining(
        of: progress.session, for: release, receipts: progress.receipts)
      try ConformanceFailure.unless(!plan.parts.isEmpty, "the artifact is too small to have a middle")
      let left = plan.parts.reduce(0) { $0 + $1.length }
      try ConformanceFailure.unless(plan.sent + left == progress.total, "sent \(plan.sent) + left \(left) is not all")
      try ConformanceFailure.unless(
        plan.sent >= progress.receipts.reduce(0) { $0 + $1.length }, "parts with receipts are to be sent again")
      let outcome = try await Publisher(registry).publish(release, from: progress)
      try ConformanceFailure.unless(outcome.opens == 0, "a new upload was opened")
      try await harness.expectWhole(outcome.version, files)
    }
  }

  /// A part that is sent twice does no harm.
  public func `bears a part that is sent again`() async throws {
    try await with { registry in
      var progress = Publisher.Progress(try await registry.open(release))
      let plan = try await registry.remaining(of: progress.session, for: release, receipts: [])
      guard let first = plan.parts.first else { throw ConformanceFailure("no part is left after opening") }
      _ = try await registry.send(first, of: release, in: plan.session, pace: CountingPace())
      do {
        _ = try await registry.send(first, of: release, in: plan.session, pace: CountingPace())
      } catch {
        // As good: the plan is asked for again.
        guard (error as? Fault)?.code == .misaligned else { throw error }
      }
      progress.session = plan.session
      let outcome = try await Publisher(registry).publish(release, from: progress)
      try await harness.expectWhole(outcome.version, files)
    }
  }

  /// A version under our key that is not ours is never touched, never adopted.
  public func `leaves a foreign version alone`() async throws {
    try await harness.occupy(release)
    try await with { registry in
      guard case .foreign(_, let why) = try await registry.find(release) else {
        throw ConformanceFailure("somebody else's version is not foreign")
      }
      try ConformanceFailure.unless(why.contains(release.artifact.digest), "'\(why)' does not name our digest")
    }
    try ConformanceFailure.unless(try await harness.count() == 1, "not exactly the one foreign version")
  }

  /// A commit that finds the key taken in the meantime refuses.
  public func `refuses to commit over somebody else`() async throws {
    try await with { registry in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress)
      let session = try await registry.seal(progress.session, for: release, receipts: progress.receipts)
      try await harness.occupy(release)
      do {
        _ = try await registry.commit(session, for: release)
        throw ConformanceFailure("committed over somebody else's version")
      } catch let fault as Fault {
        try ConformanceFailure.unless(
          fault.code == .alreadyExists && fault.isPermanent, "refused as \(fault.code.rawValue)")
      }
      try ConformanceFailure.unless(try await harness.count() == 1, "not exactly the one foreign version")
    }
  }

  /// A commit that is called twice makes one version.
  public func `commits twice without a second version`() async throws {
    try await with { registry in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress)
      let session = try await registry.seal(progress.session, for: release, receipts: progress.receipts)
      let first = try await registry.commit(session, for: release)
      let second = try await registry.commit(session, for: release)
      try ConformanceFailure.unless(first == second, "\(first) and \(second)")
      try ConformanceFailure.unless(try await harness.count() == 1, "not exactly one version")
    }
  }

  /// What was changed at the far side is not taken for what was sent.
  public func `sees that a version was damaged`() async throws {
    try await with { registry in
      let outcome = try await Publisher(registry).publish(release)
      try await harness.damage(outcome.version)
      do {
        try await registry.verify(outcome.version, for: release)
        throw ConformanceFailure("a damaged version was not seen")
      } catch let fault as Fault {
        try ConformanceFailure.unless(fault.code == .corrupted, "seen as \(fault.code.rawValue)")
      }
    }
  }

  /// A spool that was damaged after its digests were taken is never published.
  public func `never publishes a damaged spool`() async throws {
    guard let file = release.artifact.files.last(where: { $0.bytes > 0 }) else { return }
    try Damage.flip(release.location(of: file))
    try await with { registry in
      do {
        _ = try await Publisher(registry).publish(release)
        throw ConformanceFailure("damaged bytes were published")
      } catch let fault as Fault {
        try ConformanceFailure.unless(fault.code == .corrupted && fault.isPermanent, "ended as \(fault)")
      }
      try ConformanceFailure.unless(try await harness.count() == 0, "something was published")
    }
  }

  /// Once, once more, and by an instance that knows nothing of it.
  public func `frees an upload that is given up, however often it is told to`() async throws {
    let upload = try await with { registry in
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      let upload = AbandonedUpload(session: progress.session, receipts: progress.receipts)
      for _ in 0..<2 { try await Self.abandon(upload, of: release, on: registry) }
      return upload
    }
    try await expectNothingOpen()
    try await with { registry in
      try await Self.abandon(AbandonedUpload(session: nil), of: release, on: registry)
      let outcome = try await Publisher(registry).publish(release)
      try await harness.expectWhole(outcome.version, files)
      try await Self.abandon(upload, of: release, on: registry)
      try await harness.expectWhole(outcome.version, files)
    }
    try await expectNothingOpen()
  }

  /// Another upload of the same that was begun meanwhile, and the version that came of it.
  public func `frees nothing that is gone on with`() async throws {
    try await with { registry in
      var old = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &old, most: 1)
      var new = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &new, most: 1)
      for session in [old.session, nil] {
        let upload = AbandonedUpload(session: session, receipts: new.receipts, kept: new.session)
        try await Self.abandon(upload, of: release, on: registry)
      }
      let outcome = try await Publisher(registry).publish(release, from: new)
      try ConformanceFailure.unless(outcome.opens == 0, "it took what was gone on with: \(outcome.faults)")
      for upload in [
        AbandonedUpload(session: old.session), AbandonedUpload(session: new.session, commitAsked: true),
        AbandonedUpload(session: nil),
      ] {
        try await Self.abandon(upload, of: release, on: registry)
      }
      try await registry.verify(outcome.version, for: release)
      try await harness.expectWhole(outcome.version, files)
      try await expectNothingOpen()
    }
  }

  private func expectNothingOpen() async throws {
    guard let open = try await harness.openUploads() else { return }
    try ConformanceFailure.unless(open == 0, "\(open) uploads are left open")
  }

  /// As often as the engine would. Some far sides cannot, and say so.
  private static func abandon(_ upload: AbandonedUpload, of release: Release, on registry: any Registry) async throws {
    for _ in 0..<20 {
      do throws(Fault) {
        return try await registry.abandon(upload, of: release)
      } catch {
        guard error.isPermanent else { continue }
        try ConformanceFailure.unless([.unsupported, .rejected].contains(error.code), "given up as \(error)")
        return
      }
    }
    throw ConformanceFailure("an upload is not given up after 20 tries")
  }

  func with<Answer>(_ work: (any Registry) async throws -> Answer) async throws -> Answer {
    let registry = try await harness.registry()
    do {
      let answer = try await work(registry)
      await harness.close(registry)
      return answer
    } catch {
      await harness.close(registry)
      throw error
    }
  }
}
