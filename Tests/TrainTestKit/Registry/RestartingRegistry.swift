internal import Synchronization
public import TrainCore

/// A registry of a daemon that dies at every fault: the next call is made by a new instance that remembers nothing.
public final class RestartingRegistry: Registry {
  private let harness: any RegistryHarness
  private let isCareless: Bool
  private let current: Mutex<any Registry>

  /// - Parameter isCareless: it outlives its faults after all.
  public init(_ harness: any RegistryHarness, isCareless: Bool = false) async throws {
    self.harness = harness
    self.isCareless = isCareless
    current = Mutex(try await harness.registry())
  }

  public var traits: RegistryTraits { current.withLock { $0.traits } }

  public func close() async { await harness.close(current.withLock { $0 }) }

  private func call<Answer: Sendable>(
    _ work: (any Registry) async throws(Fault) -> Answer
  ) async throws(Fault) -> Answer {
    do {
      return try await work(current.withLock { $0 })
    } catch {
      if isCareless { throw error }
      await close()
      do {
        let next = try await harness.registry()
        current.withLock { $0 = next }
      } catch {
        throw .permanent(.internalError, "no new instance: \(error)")
      }
      throw error
    }
  }

  public func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] {
    current.withLock { $0 }.problems(in: publication, of: spec)
  }

  public func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    try await call { (registry) async throws(Fault) -> Finding<RemoteVersion> in try await registry.find(release) }
  }

  public func open(_ release: Release) async throws(Fault) -> UploadOpening {
    try await call { (registry) async throws(Fault) -> UploadOpening in try await registry.open(release) }
  }

  public func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    try await call { (registry) async throws(Fault) -> UploadPlan in
      try await registry.remaining(of: session, for: release, receipts: receipts)
    }
  }

  public func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    try await call { (registry) async throws(Fault) -> PartReceipt in
      try await registry.send(part, of: release, in: session, pace: pace)
    }
  }

  public func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    try await call { (registry) async throws(Fault) -> UploadSession in
      try await registry.seal(session, for: release, receipts: receipts)
    }
  }

  public func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    try await call { (registry) async throws(Fault) -> RemoteVersion in
      try await registry.commit(session, for: release)
    }
  }

  public func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    try await call { (registry) async throws(Fault) in try await registry.verify(version, for: release) }
  }

  public func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    try await call { (registry) async throws(Fault) -> Void in try await registry.abandon(upload, of: release) }
  }

  public func holdings(of session: UploadSession) -> [String] { current.withLock { $0 }.holdings(of: session) }

  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    try await call { (registry) async throws(Fault) -> RemoteVersion? in
      try await registry.target(of: alias, for: release)
    }
  }

  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    try await call { (registry) async throws(Fault) in
      try await registry.point(alias, at: version, from: replaced, for: release)
    }
  }
}
