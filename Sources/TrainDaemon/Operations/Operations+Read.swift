internal import Synchronization
internal import TrainControl
internal import TrainCore
internal import TrainEngine

extension Operations {
  func list(_ request: ListRequest) async throws(ControlError) -> [JobView] {
    var query = JobQuery(spec: request.spec, order: .newestFirst, limit: request.limit)
    if let state = request.state { query.states = [state] }
    if !request.all, request.state == nil { query.liveOrChangedSince = daemon.time.now - .seconds(86_400) }
    let chosen = query
    let engine = await engine
    let records = try await ask("list jobs") { () async throws(Fault) in try await engine.store.jobs(chosen) }
    var providers: [String: ConnectionStatus] = [:]
    for name in Set(records.map(\.spec.provider)) {
      providers[name] = await engine.providerStatus(name)
      if request.watching { await engine.hurry(name) }
    }
    return records.map { view($0, providers[$0.spec.provider]) }
  }

  func show(_ job: JobID, watching: Bool) async throws(ControlError) -> JobView {
    let record = try await record(job, doing: "show \(job)")
    if watching { await engine.hurry(record.spec.provider) }
    return await view(record)
  }

  func why(_ job: JobID) async throws(ControlError) -> WhyView {
    let record = try await record(job, doing: "why \(job)")
    let machine = record.machine
    let why = Why(
      record: record, provider: await engine.providerStatus(record.spec.provider), now: daemon.time.now,
      isDraining: isDraining.withLock { $0 }, diskFull: await engine.health.diskFull)
    var tail: [String] = []
    if machine.state.word == .failed || machine.state.word == .backingOff {
      tail = await engine.logTail(record).split(separator: "\n").map(String.init)
    }
    return WhyView(
      job: job, state: machine.state.word, reason: why.reason?.rawValue, sentence: why.sentence, tail: tail)
  }

  func logs(_ job: JobID, after cursor: String?) async throws(ControlError) -> LogView {
    let record = try await record(job, doing: "logs \(job)")
    let engine = await engine
    let page = try await ask("logs \(job)") { () async throws(Fault) in try await engine.logs(record, after: cursor) }
    let isOver = record.machine.state.isTerminal && record.machine.logsOwed.isEmpty
    return LogView(text: page.text, next: page.next ?? cursor, hasMore: page.hasMore, ended: isOver && !page.hasMore)
  }

  func events(after sequence: Int64, job: JobID?, limit: Int) async throws(ControlError) -> [EventView] {
    if let job { _ = try await record(job, doing: "events \(job)") }
    let engine = await engine
    return try await ask("read events") { () async throws(Fault) in
      try await engine.store.events(after: sequence, job: job, limit: limit)
    }.map(EventView.init(_:))
  }

  func newEvents() async -> AsyncStream<Int64> { await engine.feed.updates() }
}
