internal import TrainCore

/// Asks registries whether what specs name as their provenance is there: each thing once, and a registry that does not
/// answer soon only once, so that one that is down delays nobody.
struct ProvenanceCheck {
  /// For one answer. Specs are applied while the daemon starts.
  private static let timeout = Duration.seconds(5)

  enum Verdict: Hashable, Sendable {
    case good
    /// It is certainly not there.
    case missing(Fault)
    /// The registry could not be asked.
    case unknown(Fault)
  }

  private let registries: [String: any Registry]
  private let time: any TimeSource
  private var known: [String: Verdict] = [:]
  private var silent: [String: Fault] = [:]

  init(registries: [String: any Registry], time: any TimeSource) {
    self.registries = registries
    self.time = time
  }

  /// The worst of what is to be said of a spec.
  mutating func verdict(on spec: JobSpec) async -> Verdict {
    var worst = Verdict.good
    for (name, source) in (spec.provenance?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
      switch await verdict(on: source, in: name) {
      case .good: break
      case .missing(let fault): return .missing(fault)
      case .unknown(let fault): worst = .unknown(fault)
      }
    }
    return worst
  }

  private mutating func verdict(on source: JSON, in name: String) async -> Verdict {
    let key = "\(name) \(source.canonical)"
    if let verdict = known[key] { return verdict }
    if let fault = silent[name] { return .unknown(fault) }
    guard let groundTruth = registries[name]?.groundTruth else { return .good }
    let verdict = await ask { () async throws(Fault) in try await groundTruth.check(source) }
    known[key] = verdict
    if case .unknown(let fault) = verdict { silent[name] = fault }
    return verdict
  }

  private func ask(_ check: @escaping @Sendable () async throws(Fault) -> Void) async -> Verdict {
    let time = time
    return await withTaskGroup(of: Verdict.self) { group in
      group.addTask {
        do throws(Fault) {
          try await check()
          return .good
        } catch {
          return error.code == .notFound ? .missing(error) : .unknown(error)
        }
      }
      group.addTask {
        try? await time.sleep(until: time.monotonic + Self.timeout)
        return .unknown(.transient(.timeout, "no answer within \(Self.timeout.components.seconds) s", effect: .none))
      }
      defer { group.cancelAll() }
      return await group.next() ?? .good
    }
  }
}
