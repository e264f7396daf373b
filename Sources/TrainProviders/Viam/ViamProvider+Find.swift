internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

extension ViamProvider {
  typealias Job = Viam_App_Mltraining_V1_TrainingJobMetadata

  /// One list answers for all; what it does not hold may still have left a package (records of ended jobs can be
  /// deleted, the model stays), so that is asked for each of the others.
  func look(up submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    if submissions.isEmpty { return [] }
    let wanted = Set(
      submissions.map { ViamKey(organization: organization, name: $0.modelName, version: $0.modelVersion) })
    var jobs: [ViamKey: [Job]] = [:]
    for job in try await list(.unspecified) {
      let key = ViamKey(organization: organization, name: job.modelName, version: job.modelVersion)
      if wanted.contains(key) { jobs[key, default: []].append(job) }
    }
    let missing = wanted.filter { jobs[$0] == nil }
    let packages = try await bounded(Array(missing)) { key throws(Fault) in
      try await self.access.package(key, withURL: false)
    }
    return submissions.map { submission in
      let key = ViamKey(organization: organization, name: submission.modelName, version: submission.modelVersion)
      if let jobs = jobs[key] { return finding(for: submission, among: jobs, key) }
      guard let package = packages[key] ?? nil else { return .absent }
      return .foreign(
        .package(key),
        why: "a package \(key.name) \(key.version) is there"
          + (package.hasCreatedOn ? " since \(ViamWords.text(of: package.createdOn))" : "")
          + ", but no training job that made it")
    }
  }

  /// Viam says that the version is taken: perhaps by a submit of ours whose answer was lost.
  func adopt(_ submission: Submission, after refusal: Fault) async throws(Fault) -> ProviderHandle {
    switch try await look(up: [submission]).first {
    case .ours(let handle): return handle
    case .foreign(_, let why):
      var fault = refusal
      fault.message += " (\(why))"
      throw fault
    case .absent, nil:
      // It is taken and not listed: that cannot stay so.
      throw .transient(.alreadyExists, refusal.message)
    }
  }

  private func finding(for submission: Submission, among jobs: [Job], _ key: ViamKey) -> Finding<ProviderHandle> {
    let judged: [(job: Job, differences: [String])]
    do throws(Fault) {
      let match = ViamMatch(submission: submission, train: try ViamTrain(submission.train))
      judged = jobs.map { (job: $0, differences: match.differences(from: $0)) }
    } catch {
      judged = jobs.map { (job: $0, differences: [error.message]) }
    }
    let ours = judged.filter(\.differences.isEmpty)
    func handle(_ job: Job) -> ProviderHandle { ProviderHandle(reference: job.id, state: key.json) }
    if ours.count == 1 { return .ours(handle(ours[0].job)) }
    if ours.count > 1 {
      let ids = ours.map(\.job.id).sorted().joined(separator: ", ")
      return .foreign(handle(ours[0].job), why: "\(ours.count) training jobs match alike: \(ids)")
    }
    let newest = judged.max { ViamWords.timestamp($0.job.createdOn) < ViamWords.timestamp($1.job.createdOn) }
    guard let newest else { return .absent }
    return .foreign(
      handle(newest.job), why: "training job \(newest.job.id): \(newest.differences.joined(separator: "; "))")
  }
}

extension ProviderHandle {
  /// What is left of a training whose record is gone.
  static func package(_ key: ViamKey) -> ProviderHandle {
    var state = key.json
    state["package"] = true
    return ProviderHandle(reference: key.package, state: state)
  }
}

extension ViamKey {
  /// The handle stands for a package alone: there is no training job to ask about.
  static func isPackage(_ handle: ProviderHandle) -> Bool { handle.state["package"]?.bool ?? false }
}
