internal import TrainCore
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  /// Up to so many jobs are asked about one by one.
  private static let few = 2
  /// More than so many that left the lists of active jobs are found in the list of all.
  private static let many = 50

  /// What one round of asking brought.
  private struct Round {
    var jobs: [String: Job] = [:]
    /// Neither a call for the job itself nor the list of all knows them.
    var absent: Set<String> = []
    var isWholeListRead = false
    /// The first call for a single job that failed; the others may still have answered.
    var fault: Fault?

    mutating func take(_ listed: [Job], of ids: Set<String>) {
      for job in listed where ids.contains(job.id) { jobs[job.id] = job }
    }
  }

  /// Few jobs: one call each. More: the lists of active jobs, then a call for each that has left them.
  func watch(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    let ids = Set(handles.filter { !ViamKey.isPackage($0) }.map(\.reference))
    let round = try await ask(about: ids)
    await memory.saw(Array(round.jobs.values))
    var observations = round.jobs.compactMapValues(Observation.init)
    for handle in handles where observations[handle.reference] == nil {
      if ViamKey.isPackage(handle) || round.absent.contains(handle.reference) {
        do throws(Fault) {
          observations[handle.reference] = try await withoutRecord(handle)
        } catch {
          // What cannot be said of one must not silence the others.
          if error.code == .interrupted { throw error }
        }
      }
    }
    return handles.map { observations[$0.reference] }
  }

  private func ask(about ids: Set<String>) async throws(Fault) -> Round {
    var round = Round()
    if ids.isEmpty { return round }
    if ids.count > Self.few {
      // In the order in which jobs move: none can slip through between two lists.
      round.take(try await list(.pending), of: ids)
      round.take(try await list(.inProgress), of: ids)
      if await memory.stopping(among: ids) { round.take(try await list(.canceling), of: ids) }
      if ids.subtracting(round.jobs.keys).count > Self.many { try await readWholeList(of: ids, into: &round) }
    }
    let unknown = try await askOneByOne(ids.subtracting(round.jobs.keys), &round)
    if !unknown.isEmpty, !round.isWholeListRead { try await readWholeList(of: unknown, into: &round) }
    round.absent = unknown.subtracting(round.jobs.keys)
    if let fault = round.fault, round.jobs.isEmpty, round.absent.isEmpty { throw fault }
    return round
  }

  private func readWholeList(of ids: Set<String>, into round: inout Round) async throws(Fault) {
    round.take(try await list(.unspecified), of: ids)
    round.isWholeListRead = true
  }

  /// - Returns: those that Viam says it does not know. One job's failing call says nothing about the others, unless
  ///   it is the credentials that are refused.
  private func askOneByOne(_ ids: Set<String>, _ round: inout Round) async throws(Fault) -> Set<String> {
    // What is over this many waits for the next round: after the list of all they are absent ones only.
    let asked = try await bounded(Array(ids.sorted().prefix(Self.many))) { id throws(Fault) -> Result<Job?, Fault> in
      do throws(Fault) {
        return .success(try await self.job(id))
      } catch {
        if error.code == .unauthorized || error.code == .interrupted { throw error }
        return .failure(error)
      }
    }
    var unknown: Set<String> = []
    for (id, response) in asked {
      switch response {
      case .success(.some(let job)): round.jobs[id] = job
      case .success(.none): unknown.insert(id)
      case .failure(let fault): round.fault = round.fault ?? fault
      }
    }
    return unknown
  }

  /// A run of which Viam has no record, or never had one: what its package says, and how long it has been so.
  private func withoutRecord(_ handle: ProviderHandle) async throws(Fault) -> Observation? {
    let key = try ViamKey(handle)
    if ViamKey.isPackage(handle) {
      return try await access.package(key, withURL: false) == nil ? nil : Observation(.succeeded)
    }
    guard await memory.isAbsent(handle.reference, longerThan: memory.grace) else { return nil }
    if try await access.package(key, withURL: false) != nil {
      return Observation(.succeeded, hasRun: true, status: "the record of the job was deleted; its model is there")
    }
    return Observation(
      .lost(
        message: "Viam knows training job \(handle.reference) no longer, and has no model \(key.name) \(key.version)"))
  }
}
