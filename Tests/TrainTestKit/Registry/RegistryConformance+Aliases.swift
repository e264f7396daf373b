internal import TrainCore

extension RegistryConformance {
  /// An alias is nowhere until it is pointed at a version; it moves to another one, back, and away, and a new instance
  /// sees it where it is. A registry that has none says so.
  public func `moves an alias from version to version, and away`() async throws {
    let next = try SampleRelease.make(
      files, in: release.directory, job: JobID(spec: "hat", version: "2.0.0"), version: "2.0.0",
      options: harness.options)
    try await with { registry in
      guard registry.traits.hasAliases else { return try await expectNone(registry) }
      let first = try await Publisher(registry).publish(release).version
      let second = try await Publisher(registry).publish(next).version
      try await expect(nil, registry)
      for (version, before) in [(first, nil), (second, first), (first, second), (nil, first)] {
        // The second time nothing is left to do.
        for _ in 0..<2 { try await registry.point("production", at: version, from: before, for: next) }
        try await expect(version, registry)
        try await with { again in try await expect(version, again) }
      }
      try await registry.point("production", at: second, from: nil, for: next)
      try await expect(second, registry)
      for (release, version) in [(release, first), (next, second)] {
        try await registry.verify(version, for: release)
        try ConformanceFailure.unless(
          try await registry.find(release) == .ours(version), "\(version.id) is not found any more")
      }
    }
  }

  private func expect(_ version: RemoteVersion?, _ registry: any Registry) async throws {
    let target = try await registry.target(of: "production", for: release)
    try ConformanceFailure.unless(
      target?.id == version?.id, "the alias is at \(target?.id ?? "nothing"), not at \(version?.id ?? "nothing")")
  }

  private func expectNone(_ registry: any Registry) async throws {
    do {
      try await registry.point("production", at: nil, from: nil, for: release)
    } catch {
      return try ConformanceFailure.unless(
        error.code == .rejected && error.isPermanent, "refused as \(error.code.rawValue)")
    }
    throw ConformanceFailure("it moves an alias, and says that it has none")
  }
}
