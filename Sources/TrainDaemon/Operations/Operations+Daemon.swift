internal import Glibc
internal import TrainConfig
internal import Logging
internal import Synchronization
internal import TrainControl
internal import TrainCore
internal import TrainEngine

extension Operations {
  func status() async throws(ControlError) -> StatusView {
    let engine = await engine
    let records = try await ask("status") { () async throws(Fault) in
      try await engine.store.jobs(JobQuery(liveOrChangedSince: daemon.time.now - .seconds(86_400)))
    }
    var counts: [String: Int] = [:]
    for record in records { counts[record.machine.state.word.rawValue, default: 0] += 1 }
    let sequence = try await ask("status") { () async throws(Fault) in try await engine.store.lastSequence() }
    let draining = isDraining.withLock { $0 }
    return StatusView(
      phase: draining ? .draining : .running, processID: daemon.processID, started: daemon.started, jobs: counts,
      held: records.count { $0.machine.hold != nil && !$0.machine.state.isTerminal }, sequence: sequence,
      connections: await connections(), spoolBytes: await engine.spoolUsed,
      spoolQuota: await host.current().config.spool.quota,
      warnings: daemon.warnings + (await troubles()))
  }

  /// What keeps the daemon from working, in words.
  private func troubles() async -> [String] {
    var troubles: [String] = []
    let health = await engine.health
    if let fault = await health.spaceFault { troubles.append("the disk is full: \(fault.message)") }
    if let fault = await health.storeFault { troubles.append("the store can't be written: \(fault.message)") }
    if let fault = await health.spoolFault { troubles.append("the spool is full: \(fault.message)") }
    return troubles
  }

  private func connections() async -> [StatusView.Connection] {
    var views: [StatusView.Connection] = []
    for name in await engine.providerNames {
      guard let status = await engine.providerStatus(name) else { continue }
      views.append(
        .init(
          name: name, kind: status.kind, role: .provider, reachable: status.unreachableSince == nil,
          active: status.running, message: status.fault?.message, nextCheck: status.nextCheck))
    }
    for name in await engine.registryNames {
      guard let status = await engine.registryStatus(name) else { continue }
      views.append(
        .init(
          name: name, kind: status.kind, role: .registry, reachable: status.unreachableSince == nil,
          message: status.fault?.message))
    }
    return views
  }

  func doctor() async throws(ControlError) -> DoctorView {
    var findings: [DoctorView.Finding] = []
    for connection in await connections() {
      findings.append(
        connection.reachable
          ? .init("\(connection.role.rawValue) \(connection.name)", .ok, "\(connection.kind): no call has failed")
          : .init(
            "\(connection.role.rawValue) \(connection.name)", .problem, connection.message ?? "does not answer",
            hint: "jobs wait for it; nothing is lost"))
    }
    let reading = await specs.read()
    let errors = reading.problems.filter { $0.severity == .error }
    findings.append(
      errors.isEmpty
        ? .init("specs", .ok, "\(reading.specs.count) can be used")
        : .init("specs", .problem, errors.map(\.description).joined(separator: "\n"), hint: "then: trainctl apply"))
    let free = FreeSpace.bytes(at: daemon.stateDirectory)
    if let free {
      findings.append(
        free < 1 << 30
          ? .init("disk", .warning, "\(daemon.stateDirectory) has \(free >> 20) MiB left", hint: "free some space")
          : .init("disk", .ok, "\(daemon.stateDirectory) has \(free >> 30) GiB left"))
    }
    for trouble in await troubles() { findings.append(.init("daemon", .problem, trouble)) }
    for warning in daemon.warnings { findings.append(.init("daemon", .warning, warning)) }
    return DoctorView(findings: findings)
  }

  func metrics() async throws(ControlError) -> String {
    let status = try await status()
    var lines = ["# HELP traind_jobs Jobs by state; ended ones of the last day.", "# TYPE traind_jobs gauge"]
    for word in JobState.Word.allCases {
      lines.append("traind_jobs{state=\"\(word.rawValue)\"} \(status.jobs[word.rawValue] ?? 0)")
    }
    lines += ["# HELP traind_connection_up Whether a connection answers.", "# TYPE traind_connection_up gauge"]
    for connection in status.connections {
      lines.append(
        "traind_connection_up{name=\"\(connection.name)\",role=\"\(connection.role.rawValue)\",kind=\"\(connection.kind)\"} "
          + (connection.reachable ? "1" : "0"))
    }
    lines += ["# HELP traind_jobs_held Jobs that wait for an operator.", "# TYPE traind_jobs_held gauge"]
    lines.append("traind_jobs_held \(status.held)")
    lines += ["# HELP traind_disk_full Whether a full disk keeps new work waiting.", "# TYPE traind_disk_full gauge"]
    lines.append("traind_disk_full \(await engine.health.diskFull == nil ? 0 : 1)")
    lines += ["# HELP traind_events_total Steps recorded in all.", "# TYPE traind_events_total counter"]
    lines.append("traind_events_total \(status.sequence)")
    lines += ["# HELP traind_spool_bytes Bytes in the spool.", "# TYPE traind_spool_bytes gauge"]
    lines.append("traind_spool_bytes \(status.spoolBytes)")
    lines += ["# HELP traind_jobs_awake Jobs with something under way.", "# TYPE traind_jobs_awake gauge"]
    lines.append("traind_jobs_awake \(await engine.awakeCount)")
    return lines.joined(separator: "\n") + "\n"
  }

  func config() async throws(ControlError) -> ConfigView {
    let live = await host.current()
    return ConfigView(files: live.files, config: live.config.json)
  }

  func version() async throws(ControlError) -> VersionView {
    VersionView(
      providerKinds: Backends.providers.map(\.schema.kind), registryKinds: Backends.registries.map(\.schema.kind))
  }

  func reload(by actor: Operator) async throws(ControlError) -> ReloadView {
    log("reloading", by: actor, [:])
    return try await reload()
  }

  /// Reads the configuration again and goes by it. One that can't be used changes nothing.
  func reload() async throws(ControlError) -> ReloadView {
    await applying.enter()
    let changed: [String]
    do throws(EngineHost.Refusal) { changed = try await host.reload() } catch {
      await applying.leave()
      throw ControlError(
        .badConfiguration, "reload", error.problems.joined(separator: "\n"),
        hint: "the daemon goes on with what it has")
    }
    await applying.leave()
    let live = await host.current()
    await live.engine.drain(isDraining.withLock { $0 })
    var view = ReloadView(changed: changed, warnings: live.warnings)
    if live.config.apply == .automatic { view.apply = try await apply(dryRun: false, by: nil) }
    return view
  }

  func drain(_ request: DrainRequest, by actor: Operator) async throws(ControlError) -> StatusView {
    isDraining.withLock { $0 = request.draining }
    await engine.drain(request.draining)
    log(request.draining ? "draining" : "taking new work again", by: actor, [:])
    return try await status()
  }

  func backup(by actor: Operator) async throws(ControlError) -> ByteSource {
    let path = BackupFile.path(in: daemon.stateDirectory, at: daemon.time.now)
    let daemon = daemon
    try await ask("backup") { () async throws(Fault) in try await daemon.backup(path) }
    log("made a backup of the store", by: actor, [:])
    return try FileSource.open(path, daemon.boundary)
  }
}
