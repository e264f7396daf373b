public import TrainCore

/// What applying some specs comes to. A value: nothing is done by making one.
public struct SpecPlan: Sendable, Hashable {
  public struct Refusal: Sendable, Hashable {
    public var spec: String
    public var id: JobID
    public var message: String
    public var hint: String?
    /// What differs from the spec that was accepted, as `train.x: 1 -> 2`.
    public var differences: [String]

    public init(spec: String, id: JobID, message: String, hint: String? = nil, differences: [String] = []) {
      self.spec = spec
      self.id = id
      self.message = message
      self.hint = hint
      self.differences = differences
    }

    /// The message with its differences, a line each.
    public var text: String { ([message] + differences.map { "  \($0)" }).joined(separator: "\n") }
  }

  /// Jobs to take in, in order.
  public var new: [JobRecord] = []
  /// Jobs whose `publish`, `limits` or `retry` changed.
  public var changed: [(id: JobID, spec: JobSpec)] = []
  public var unchanged: [JobID] = []
  /// `start: manual`: only by `trainctl run`.
  public var manual: [String] = []
  public var refused: [Refusal] = []

  public static func == (a: SpecPlan, b: SpecPlan) -> Bool {
    a.new == b.new && a.changed.map(\.id) == b.changed.map(\.id) && a.unchanged == b.unchanged && a.manual == b.manual
      && a.refused == b.refused
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(new)
    hasher.combine(refused)
  }
}

/// Works out a ``SpecPlan`` from what is known.
struct SpecPlanner {
  let settings: EngineSettings
  let now: Timestamp
  /// Started by hand: `start: manual` does not count.
  let isExplicit: Bool
  let origin: JobRecord.Origin
  private var records: [JobID: JobRecord]
  private var buried: [JobID: Tombstone]
  /// (connection, model, version) and (registry, model, version) that are taken, and by whom.
  private var taken: [[String]: JobID] = [:]
  private var versions: [String: [(number: Int64, version: String, identity: String)]] = [:]

  init(
    settings: EngineSettings, now: Timestamp, isExplicit: Bool, origin: JobRecord.Origin, records: [JobRecord],
    tombstones: [Tombstone]
  ) {
    self.settings = settings
    self.now = now
    self.isExplicit = isExplicit
    self.origin = origin
    self.records = Dictionary(records.map { ($0.id, $0) }) { first, _ in first }
    buried = Dictionary(tombstones.map { ($0.id, $0) }) { first, _ in first }
    for tombstone in tombstones {
      versions[tombstone.spec, default: []].append((0, tombstone.version, tombstone.identity))
    }
    for record in records {
      versions[record.spec.name, default: []].append((record.number, record.version, record.identity))
      for claim in Self.claims(record.spec, record.version) { taken[claim] = record.id }
    }
  }

  static func claims(_ spec: JobSpec, _ version: String) -> [[String]] {
    [["provider", spec.provider, spec.modelName, version]]
      + spec.publish.map { ["registry", $0.registry, spec.modelName, version] }
  }

  mutating func plan(_ specs: [JobSpec]) -> SpecPlan {
    var plan = SpecPlan()
    for spec in specs { place(spec, in: &plan) }
    return plan
  }

  private mutating func place(_ spec: JobSpec, in plan: inout SpecPlan) {
    let identity = Hex.sha256(of: spec.written.canonical)
    let version: String
    switch spec.version {
    case .fixed(let fixed): version = fixed
    case .auto:
      let known = versions[spec.name] ?? []
      let latest = known.max {
        ($0.number, Int64($0.version) ?? 0) < ($1.number, Int64($1.version) ?? 0)
      }
      if let same = latest, same.identity == identity {
        version = same.version
      } else {
        version = String((known.compactMap { Int64($0.version) }.max() ?? 0) + 1)
      }
    }
    let id = JobID(spec: spec.name, version: version)
    if let record = records[id] {
      known(record, spec, identity, in: &plan)
    } else if let tombstone = buried[id] {
      if tombstone.identity == identity {
        plan.unchanged.append(id)
      } else {
        plan.refused.append(
          .init(
            spec: spec.name, id: id,
            message: "\(id) was trained before with another spec, and only that is remembered of it",
            hint: "give it a new version: trainctl run \(spec.name) --version V"))
      }
    } else if spec.start == .manual, !isExplicit {
      plan.manual.append(spec.name)
    } else {
      new(spec, id, version, identity, in: &plan)
    }
  }

  private func known(_ record: JobRecord, _ spec: JobSpec, _ identity: String, in plan: inout SpecPlan) {
    guard record.identity == identity else {
      plan.refused.append(
        .init(
          spec: spec.name, id: record.id, message: "\(record.id) was accepted with another spec",
          hint: "give it a new version: trainctl run \(spec.name) --version V",
          differences: JSON.differences(from: record.spec.written, to: spec.written)))
      return
    }
    if record.spec != spec {
      if let other = clash(spec, record.version, except: record.id) {
        plan.refused.append(other)
      } else {
        plan.changed.append((record.id, spec))
      }
    } else {
      plan.unchanged.append(record.id)
    }
  }

  private mutating func new(
    _ spec: JobSpec, _ id: JobID, _ version: String, _ identity: String, in plan: inout SpecPlan
  ) {
    if let clash = clash(spec, version, except: id) {
      plan.refused.append(clash)
      return
    }
    for claim in Self.claims(spec, version) { taken[claim] = id }
    let record = JobRecord(
      id: id, spec: spec, version: version, identity: identity, origin: origin,
      machine: JobMachine(rules: settings.rules(for: spec, id: id), at: now), created: now)
    records[id] = record
    versions[spec.name, default: []].append((.max, version, identity))
    plan.new.append(record)
  }

  private func clash(_ spec: JobSpec, _ version: String, except id: JobID) -> SpecPlan.Refusal? {
    for claim in Self.claims(spec, version) {
      if let other = taken[claim], other != id {
        return .init(
          spec: spec.name, id: id,
          message: "\(other) has model \(claim[2]) \(claim[3]) on the \(claim[0]) \(claim[1]) already",
          hint: "change model.name or model.version")
      }
    }
    return nil
  }
}

extension Engine {
  /// Works out what applying these specs comes to.
  public func plan(
    _ specs: [JobSpec], isExplicit: Bool = false, origin: JobRecord.Origin = .specDirectory
  ) async throws(Fault) -> SpecPlan {
    let records = try await parts.store.jobs(JobQuery(order: .oldestFirst))
    let tombstones = try await parts.store.tombstones()
    var planner = SpecPlanner(
      settings: parts.settings, now: parts.time.now, isExplicit: isExplicit, origin: origin, records: records,
      tombstones: tombstones)
    return planner.plan(specs)
  }

  /// Does it. Returns the jobs that were taken in.
  public func carryOut(_ plan: SpecPlan, by actor: Operator?) async throws(Fault) -> [JobRecord] {
    let accepted = try await accept(plan.new, by: actor)
    for change in plan.changed {
      if case .failed(let fault) = await update(change.id, to: change.spec) { throw fault }
    }
    return accepted
  }
}
