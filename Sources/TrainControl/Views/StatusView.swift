public import TrainCore

/// The daemon at a glance.
public struct StatusView: Hashable, Sendable, WireValue {
  public enum Phase: String, Hashable, Sendable { case running, draining, stopping }

  /// A provider or registry.
  public struct Connection: Hashable, Sendable, WireValue {
    public enum Role: String, Hashable, Sendable { case provider, registry }
    public var name: String
    public var kind: String
    public var role: Role
    public var reachable: Bool
    /// Jobs that hold a slot, or publications under way.
    public var active: Int
    /// Why it does not answer.
    public var message: String?
    public var nextCheck: Timestamp?

    public init(
      name: String, kind: String, role: Role, reachable: Bool, active: Int = 0, message: String? = nil,
      nextCheck: Timestamp? = nil
    ) {
      self.name = name
      self.kind = kind
      self.role = role
      self.reachable = reachable
      self.active = active
      self.message = message
      self.nextCheck = nextCheck
    }

    public init(_ json: JSON) throws(ControlError) {
      let connection = try Members(json, of: "a connection")
      name = try connection.string("name")
      kind = try connection.string("kind")
      role = Role(rawValue: try connection.string("role")) ?? .provider
      reachable = try connection.bool("reachable")
      active = Int(try connection.optionalInt("active") ?? 0)
      message = try connection.optionalString("message")
      nextCheck = try connection.optionalTime("next_check")
    }

    public var json: JSON {
      [
        "name": .string(name), "kind": .string(kind), "role": .string(role.rawValue), "reachable": .bool(reachable),
        "active": .integer(active), "message": .text(message), "next_check": .time(nextCheck),
      ]
    }
  }

  public var version: String
  public var phase: Phase
  public var processID: Int32
  public var started: Timestamp
  /// Jobs by state; states without jobs may be left out.
  public var jobs: [String: Int]
  public var held: Int
  /// The number of the last event.
  public var sequence: Int64
  public var connections: [Connection]
  public var spoolBytes: Int64
  public var spoolQuota: Int64?
  /// Each a whole sentence.
  public var warnings: [String]

  public init(
    version: String = ProgramVersion.text, phase: Phase, processID: Int32, started: Timestamp, jobs: [String: Int],
    held: Int, sequence: Int64, connections: [Connection], spoolBytes: Int64, spoolQuota: Int64?,
    warnings: [String] = []
  ) {
    self.version = version
    self.phase = phase
    self.processID = processID
    self.started = started
    self.jobs = jobs
    self.held = held
    self.sequence = sequence
    self.connections = connections
    self.spoolBytes = spoolBytes
    self.spoolQuota = spoolQuota
    self.warnings = warnings
  }

  public init(_ json: JSON) throws(ControlError) {
    let status = try Members(json, of: "a status")
    version = try status.string("version")
    phase = Phase(rawValue: try status.string("phase")) ?? .running
    processID = Int32(clamping: try status.int("pid"))
    started = try status.time("started")
    jobs = (status.value("jobs").object ?? [:]).compactMapValues { $0.int.flatMap { Int(exactly: $0) } }
    held = Int(try status.optionalInt("held") ?? 0)
    sequence = try status.optionalInt("sequence") ?? 0
    connections = try status.list("connections")
    let spool = try status.object("spool")
    spoolBytes = try spool.int("bytes")
    spoolQuota = try spool.optionalInt("quota")
    warnings = try status.strings("warnings")
  }

  public var json: JSON {
    [
      "schema": wireSchema, "version": .string(version), "phase": .string(phase.rawValue),
      "pid": .integer(processID), "started": .time(started), "jobs": .object(jobs.mapValues { .integer($0) }),
      "held": .integer(held), "sequence": .int(sequence), "connections": .list(connections),
      "spool": ["bytes": .int(spoolBytes), "quota": .integer(spoolQuota)], "warnings": .texts(warnings),
    ]
  }
}
