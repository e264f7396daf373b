internal import TrainCore

extension RegistryFaultMenu {
  /// Moves an alias from one version to the next, with one course at each request that this takes: whatever happens, it
  /// is at the new one in the end, what it replaced is known, and nothing was published anew.
  public func servePromotions(_ course: RegistryFaultCourse) async throws {
    let clean = FaultGate()
    let start = Start()
    try await farSide(clean) { harness in
      await start.set(try await promote(harness, clean, nil))
    }
    let requests = await clean.requests
    var failures: [String] = []
    for number in await start.number..<requests.count {
      let gate = FaultGate(course.planned(at: number))
      do {
        try await farSide(gate) { harness in _ = try await promote(harness, gate, course) }
      } catch {
        failures.append("request \(number) (\(requests[number])): \(error)")
      }
    }
    try ConformanceFailure.unless(failures.isEmpty, "\(course.rawValue):\n\(failures.joined(separator: "\n"))")
  }

  /// Returns the number of requests before the move began.
  private func promote(_ harness: Harness, _ gate: FaultGate, _ course: RegistryFaultCourse?) async throws -> Int {
    let first = try SampleRelease.make(files, in: directory, options: harness.options)
    let next = try SampleRelease.make(
      files, in: directory, job: JobID(spec: "hat", version: "2.0.0"), version: "2.0.0", options: harness.options)
    let registry = try await RestartingRegistry(harness, isCareless: course?.restarts != true)
    do {
      let old = try await Publisher(registry).publish(first).version
      let new = try await Publisher(registry).publish(next).version
      _ = try await Promoter(registry).move("production", to: old, for: first)
      let start = await gate.requests.count
      let outcome = try await Promoter(registry).move("production", to: new, for: next)
      try ConformanceFailure.unless(outcome.replaced?.id == old.id, "it replaced \(outcome.replaced?.id ?? "nothing")")
      if let wait = course?.retryAfter, await gate.met > 0 {
        try ConformanceFailure.unless(
          outcome.faults.contains { $0.retryAfter == wait }, "the far side's wish to wait was lost: \(outcome.faults)")
      }
      let again = try await Promoter(registry).move("production", to: new, for: first)
      try ConformanceFailure.unless(again.moves == 0, "it was not there")
      let count = try await harness.count()
      try ConformanceFailure.unless(count == 2, "\(count) versions")
      await registry.close()
      return start
    } catch {
      await registry.close()
      throw error
    }
  }

  private actor Start {
    var number = 0
    func set(_ number: Int) { self.number = number }
  }
}
