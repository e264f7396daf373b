public import TrainCore

/// Publishes as the engine does: in its order, going on after transient faults, without waiting between them.
public struct Publisher: Sendable {
  public let registry: any Registry
  public let pace: any Pace
  /// Faults that are borne before giving up.
  public var idleTimeout = 50

  public init(_ registry: any Registry, pace: any Pace = CountingPace()) {
    self.registry = registry
    self.pace = pace
  }

  /// What there is of an upload after some of its parts.
  public struct Progress: Sendable {
    public var session: UploadSession
    public var total: Int64
    public var receipts: [PartReceipt] = []

    public init(_ opening: UploadOpening) {
      session = opening.session
      total = opening.total
    }
  }

  public struct Outcome: Sendable {
    public var version: RemoteVersion
    /// Every fault on the way.
    public var faults: [Fault]
    /// Commits that were called.
    public var commits: Int
    /// Uploads that were opened.
    public var opens: Int
    /// Whether an existing version was adopted instead of one made.
    public var adopted: Bool
  }

  /// The whole way. A permanent fault is thrown.
  public func publish(_ release: Release, from started: Progress? = nil) async throws(Fault) -> Outcome {
    var outcome = Outcome(version: RemoteVersion(id: ""), faults: [], commits: 0, opens: 0, adopted: false)
    var progress = started
    var isSealed = false
    while true {
      do throws(Fault) {
        if var current = progress {
          // What is known of the upload is stored before anything that can fail.
          defer { progress = current }
          if !isSealed {
            try await send(release, &current)
            current.session = try await registry.seal(current.session, for: release, receipts: current.receipts)
            isSealed = true
          }
          if try await isFound(release, &outcome) { return outcome }
          outcome.commits += 1
          outcome.version = try await registry.commit(current.session, for: release)
          try await registry.verify(outcome.version, for: release)
          return outcome
        }
        if try await isFound(release, &outcome) { return outcome }
        progress = Progress(try await registry.open(release))
        outcome.opens += 1
      } catch {
        outcome.faults.append(error)
        if error.code == .sessionExpired {
          progress = nil
          isSealed = false
        }
        if error.isPermanent || outcome.faults.count > idleTimeout { throw error }
      }
    }
  }

  private func isFound(_ release: Release, _ outcome: inout Outcome) async throws(Fault) -> Bool {
    switch try await registry.find(release) {
    case .ours(let version):
      try await registry.verify(version, for: release)
      outcome.version = version
      outcome.adopted = outcome.commits == 0
      return true
    case .foreign(_, let why): throw .permanent(.alreadyExists, why)
    case .absent: return false
    }
  }

  /// Sends what is left, at most `most` parts of it.
  public func send(_ release: Release, _ progress: inout Progress, most: Int = .max) async throws(Fault) {
    let plan = try await registry.remaining(of: progress.session, for: release, receipts: progress.receipts)
    progress.session = plan.session
    for part in plan.parts.prefix(most) {
      progress.receipts.append(try await registry.send(part, of: release, in: progress.session, pace: pace))
    }
  }
}
