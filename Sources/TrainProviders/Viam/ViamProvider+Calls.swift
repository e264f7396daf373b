internal import GRPCCore
internal import SwiftProtobuf
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

/// The reading calls, each once; ``bounded(_:_:)`` for several of them.
extension ViamProvider {
  /// - Parameter status: `.unspecified` = every job that the organization has.
  func list(_ status: Viam_App_Mltraining_V1_TrainingStatus) async throws(Fault) -> [Job] {
    let word = status == .unspecified ? "" : "\(ViamWords.word(for: status)) "
    let request = Viam_App_Mltraining_V1_ListTrainingJobsRequest.with {
      $0.organizationID = organization
      $0.status = status
    }
    do throws(FailedCall) {
      return try await client.training(
        .viamListJobs, "listing the \(word)training jobs of organization \(organization)",
        deadline: ViamClient.listDeadline
      ) { try await $0.listTrainingJobs(request, metadata: $1, options: $2) }.jobs
    } catch {
      throw error.fault
    }
  }

  /// - Returns: `nil` when Viam knows no such job.
  func job(_ id: String) async throws(Fault) -> Job? {
    let request = Viam_App_Mltraining_V1_GetTrainingJobRequest.with { $0.id = id }
    do throws(FailedCall) {
      let response = try await client.training(.viamGetJob, "asking about training job \(id)") {
        try await $0.getTrainingJob(request, metadata: $1, options: $2)
      }
      return response.hasMetadata ? response.metadata : nil
    } catch {
      if error.code == .notFound { return nil }
      throw error.fault
    }
  }

  /// The package of a training that has succeeded. It may appear a while after the job is COMPLETED.
  func published(_ key: ViamKey) async throws(Fault) -> Viam_App_Packages_V1_Package {
    if let package = try await access.package(key, withURL: true) {
      await memory.saw(key.package + "@" + key.version)
      return package
    }
    let what = "fetching the package \(key.package) \(key.version)"
    if await memory.isAbsent(key.package + "@" + key.version, longerThan: ViamMemory.packageGrace) {
      throw .permanent(
        .notFound, "\(what): Viam has no such package",
        hint: "was it deleted? Look for it among the organization's models, or train again under another version")
    }
    throw .transient(.notFound, "\(what): Viam does not show it yet")
  }

  /// Calls for each, a few at a time; the first fault ends it.
  func bounded<Item: Hashable & Sendable, Value: Sendable>(
    _ items: [Item], atOnce: Int = 8, _ call: @escaping @Sendable (Item) async throws(Fault) -> Value
  ) async throws(Fault) -> [Item: Value] {
    do {
      return try await withThrowingTaskGroup(of: (Item, Value).self) { group in
        var answers: [Item: Value] = [:]
        var waiting = items[...]
        for item in waiting.prefix(atOnce) { group.addTask { (item, try await call(item)) } }
        waiting = waiting.dropFirst(atOnce)
        while let (item, response) = try await group.next() {
          answers[item] = response
          if let next = waiting.popFirst() { group.addTask { (next, try await call(next)) } }
        }
        return answers
      }
    } catch let fault as Fault {
      throw fault
    } catch {
      throw .transient(.interrupted, "asking Viam: the calls were stopped here")
    }
  }
}
