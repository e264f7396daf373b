import TrainCore
import TrainTestKit

/// One daemon's view of a ``SimulatedShelf``.
struct SimulatedRegistry: Registry {
  let name: String
  let far: SimulatedShelf
  let call: SimulatedCall
  let ledger: SimulatedLedger

  private var inner: ScriptedRegistry { ScriptedRegistry(far.shelf) }
  var traits: RegistryTraits { inner.traits }
  func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] { [] }

  func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> {
    let (far, inner) = (far, inner)
    return try await call.make("\(name) find \(release.job)") { () async throws(Fault) -> Finding<RemoteVersion> in
      let finding = try await inner.find(release)
      switch finding {
      case .absent: return .absent
      case .ours(let version), .foreign(let version, _): return far.isHidden(version.id) ? .absent : finding
      }
    }
  }

  func open(_ release: Release) async throws(Fault) -> UploadOpening {
    let inner = inner
    // What would open another one long after it was given up is not to be freed by anybody.
    return try await call.make("\(name) open \(release.job)", creates: true, repeats: !far.listsUploads) {
      () async throws(Fault) -> UploadOpening in try await inner.open(release)
    }
  }

  func remaining(
    of session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadPlan {
    let (inner, far) = (inner, far)
    if call.storm.strikes(.uploadLost, oneIn: 40) { await far.shelf.loseUploads() }
    if call.storm.strikes(.uploadRewound, oneIn: 25) { await far.shelf.rewindUploads(by: 8) }
    return try await call.make("\(name) remaining \(release.job)") { () async throws(Fault) -> UploadPlan in
      try await inner.remaining(of: session, for: release, receipts: receipts)
    }
  }

  func send(
    _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
  ) async throws(Fault) -> PartReceipt {
    let inner = inner
    return try await call.make("\(name) send \(release.job)#\(part.number)", creates: true) {
      () async throws(Fault) -> PartReceipt in
      try await inner.send(part, of: release, in: session, pace: pace)
    }
  }

  func seal(
    _ session: UploadSession, for release: Release, receipts: [PartReceipt]
  ) async throws(Fault) -> UploadSession {
    let inner = inner
    return try await call.make("\(name) seal \(release.job)") { () async throws(Fault) -> UploadSession in
      try await inner.seal(session, for: release, receipts: receipts)
    }
  }

  func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion {
    let (inner, far) = (inner, far)
    await ledger.commits(release, on: name, call.life)
    if call.storm.strikes(.uploadLost, oneIn: 40) { await far.shelf.loseUploads() }
    return try await call.make("\(name) commit \(release.job)", creates: true, repeats: far.isKeyed) {
      () async throws(Fault) -> RemoteVersion in
      let version = try await inner.commit(session, for: release)
      far.note(version.id)
      return version
    }
  }

  func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) {
    let inner = inner
    try await call.make("\(name) verify \(release.job)") { () async throws(Fault) in
      try await inner.verify(version, for: release)
    }
  }

  func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) {
    let far = far
    await ledger.abandons(upload, of: release.job, on: name, call.life)
    if call.storm.strikes(.uploadLost, oneIn: 40) { await far.shelf.loseUploads() }
    var ids = [upload.session?.state.string].compactMap(\.self)
    if upload.session == nil {
      guard far.listsUploads else { return }
      ids = try await call.make("\(name) uploads of \(release.job)") { () async throws(Fault) -> [String] in
        await far.shelf.openUploads(of: release.job)
      }
    }
    for id in ids where id != upload.kept?.state.string {
      try await call.make("\(name) abandon \(id) of \(release.job)", creates: true) { () async throws(Fault) in
        try await far.shelf.abandon(id)
      }
    }
  }

  func holdings(of session: UploadSession) -> [String] { inner.holdings(of: session) }
}
