internal import TrainCore

/// What goes wrong between a registry and its far side, tried at every request of a publication: whatever happens,
/// there is one version in the end, and it holds what was released.
public struct RegistryFaultMenu<Harness: FaultyHarness>: Sendable {
  /// Runs a new, empty far side while `work` runs, every request passing the gate.
  public typealias FarSide =
    @Sendable (FaultGate, _ work: @Sendable (Harness) async throws -> Void) async throws -> Void

  let files: [String: [UInt8]]
  let directory: String
  let farSide: FarSide

  /// - Parameters:
  ///   - files: the artifact: small, but of several parts.
  ///   - directory: where they are written.
  public init(files: [String: [UInt8]], in directory: String, farSide: @escaping FarSide) {
    self.files = files
    self.directory = directory
    self.farSide = farSide
  }

  /// Tries one course at each request that a publication without faults makes. Throws ``ConformanceFailure`` with all
  /// that went wrong.
  public func serve(_ course: RegistryFaultCourse) async throws {
    let clean = FaultGate()
    try await farSide(clean) { harness in try await publish(harness, clean, nil, at: 0) }
    let requests = await clean.requests
    var failures: [String] = []
    var met = 0
    for number in requests.indices {
      let gate = FaultGate(course.planned(at: number))
      do {
        try await farSide(gate) { harness in try await publish(harness, gate, course, at: number) }
      } catch {
        failures.append("request \(number) (\(requests[number])): \(error)")
      }
      met += await gate.met
    }
    if met == 0, course != .digestChanged { failures.append("nothing of it ever happened") }
    try ConformanceFailure.unless(failures.isEmpty, "\(course.rawValue):\n\(failures.joined(separator: "\n"))")
  }

  /// Tries each of the far side's own hazards before each request.
  public func serveHazards() async throws {
    let clean = FaultGate()
    let names = Names()
    try await farSide(clean) { harness in
      await names.take(harness.hazards.keys.sorted())
      try await publish(harness, clean, nil, at: 0)
    }
    let requests = await clean.requests
    var failures = await names.names.isEmpty ? ["the far side has no hazards"] : []
    for name in await names.names {
      for number in requests.indices {
        let hazard = Hazard()
        let gate = FaultGate([number: .after { try await hazard.happen() }])
        do {
          try await farSide(gate) { harness in
            await hazard.arm(harness.hazards[name])
            try await publish(harness, gate, nil, at: number)
          }
        } catch {
          failures.append("\(name) before request \(number) (\(requests[number])): \(error)")
        }
      }
    }
    try ConformanceFailure.unless(failures.isEmpty, failures.joined(separator: "\n"))
  }

  /// Somebody else takes the key before each request: either ours was there first, or the publication is refused for
  /// good, both digests named.
  public func serveRivals() async throws {
    let clean = FaultGate()
    try await farSide(clean) { harness in try await publish(harness, clean, nil, at: 0) }
    let requests = await clean.requests
    var failures: [String] = []
    for number in requests.indices {
      let hazard = Hazard()
      let gate = FaultGate([number: .after { try await hazard.happen() }])
      do {
        try await farSide(gate) { harness in
          let release = try SampleRelease.make(files, in: directory, options: harness.options)
          await hazard.arm { if try await harness.count() == 0 { try await harness.occupy(release) } }
          let registry = try await harness.registry()
          let result = await attempt(release, on: registry)
          await harness.close(registry)
          try await judge(result, release, harness)
        }
      } catch {
        failures.append("before request \(number) (\(requests[number])): \(error)")
      }
    }
    try ConformanceFailure.unless(failures.isEmpty, failures.joined(separator: "\n"))
  }

  /// An upload is given up, and one course is met at each request of that: what fails is asked again, and in the end
  /// nothing is left open.
  public func serveAbandoning(_ course: RegistryFaultCourse) async throws {
    let clean = FaultGate()
    let first = Counter()
    try await farSide(clean) { harness in try await giveUp(harness) { await first.set(await clean.requests.count) } }
    let requests = await clean.requests
    var failures: [String] = []
    for number in await first.value..<requests.count {
      do {
        try await farSide(FaultGate(course.planned(at: number))) { harness in try await giveUp(harness) {} }
      } catch {
        failures.append("request \(number) (\(requests[number])): \(error)")
      }
    }
    try ConformanceFailure.unless(failures.isEmpty, "\(course.rawValue):\n\(failures.joined(separator: "\n"))")
  }

  private func giveUp(_ harness: Harness, _ begins: () async -> Void) async throws {
    let release = try SampleRelease.make(files, in: directory, options: harness.options)
    let registry = try await harness.registry()
    do {
      var progress = Publisher.Progress(try await registry.open(release))
      try await Publisher(registry).send(release, &progress, most: 1)
      await begins()
      let upload = AbandonedUpload(session: progress.session, receipts: progress.receipts)
      for _ in 0..<20 {
        do throws(Fault) {
          try await registry.abandon(upload, of: release)
          break
        } catch {
          if error.isPermanent { break }
        }
      }
    } catch {
      await harness.close(registry)
      throw error
    }
    await harness.close(registry)
    let open = try await harness.openUploads() ?? 0
    try ConformanceFailure.unless(open == 0, "\(open) uploads are left open")
  }

  private actor Counter {
    private(set) var value = 0
    func set(_ value: Int) { self.value = value }
  }

  private func judge(_ result: Result<Publisher.Outcome, Fault>, _ release: Release, _ harness: Harness) async throws {
    let count = try await harness.count()
    switch result {
    case .success(let outcome):
      if count == 2, !harness.keysAreUnique { return }
      try await harness.expectWhole(outcome.version, files)
    case .failure(let fault):
      try ConformanceFailure.unless(count == 1, "\(count) versions")
      try ConformanceFailure.unless(fault.code == .alreadyExists && fault.isPermanent, "ended as \(fault)")
      let digests = fault.message.split(separator: "sha256:", omittingEmptySubsequences: false).count - 1
      try ConformanceFailure.unless(
        fault.message.contains(release.artifact.digest) && digests >= 2, "'\(fault.message)' does not name both digests"
      )
    }
  }

  private func publish(
    _ harness: Harness, _ gate: FaultGate, _ course: RegistryFaultCourse?, at number: Int
  ) async throws {
    let release = try SampleRelease.make(files, in: directory, options: harness.options)
    let result: Result<Publisher.Outcome, Fault>
    if course?.restarts == true {
      let registry = try await RestartingRegistry(harness)
      result = await attempt(release, on: registry)
      await registry.close()
    } else {
      let registry = try await harness.registry()
      result = await attempt(release, on: registry)
      await harness.close(registry)
    }
    switch result {
    case .success(let outcome):
      try await harness.expectWhole(outcome.version, files)
      if let wait = course?.retryAfter, await gate.met > 0 {
        try ConformanceFailure.unless(
          outcome.faults.contains { $0.retryAfter == wait }, "the far side's wish to wait was lost: \(outcome.faults)")
      }
    case .failure(let fault):
      // What was changed on its way must never pass; where the far side tells no digest it can only be seen at the end.
      guard course?.changesBytes == true, fault.code == .corrupted else { throw fault }
    }
    let count = try await harness.count()
    try ConformanceFailure.unless(count <= 1, "\(count) versions")
  }

  private func attempt(_ release: Release, on registry: any Registry) async -> Result<Publisher.Outcome, Fault> {
    do throws(Fault) {
      return .success(try await Publisher(registry).publish(release))
    } catch {
      return .failure(error)
    }
  }

  private actor Names {
    var names: [String] = []
    func take(_ names: [String]) { self.names = names }
  }

  private actor Hazard {
    private var armed: (@Sendable () async throws -> Void)?
    func arm(_ work: (@Sendable () async throws -> Void)?) { armed = work }
    func happen() async throws { try await armed?() }
  }
}
