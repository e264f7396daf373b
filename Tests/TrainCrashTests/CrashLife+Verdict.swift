import Foundation
import TrainControl
import TrainCore
import TrainTestKit

/// What has to hold.
extension CrashLife {
  func violations() async throws -> [String] {
    var wrong: [String] = []
    let jobs = try await until("the jobs") { try await daemon.jobs() }
    let trainings = try await world.trainings(of: name)
    let versions = try await world.versions(of: name)
    if jobs.count != (test.scenario == .housekeeping ? 0 : 1) { wrong.append("there are \(jobs.count) jobs") }
    if trainings > 1 { wrong.append("it was trained \(trainings) times") }
    if let view = jobs.first { wrong += await violations(view, trainings, versions) }
    if test.scenario == .housekeeping {
      if trainings != 1 || versions.count != world.registries {
        wrong.append("\(trainings) trainings, \(versions.count) versions")
      }
      wrong += leftovers()
    }
    let bytes = world.bytes(of: name)
    for version in versions where version != bytes {
      wrong.append("a version has other bytes (\(version.count)) than the training made")
    }
    return wrong
  }

  private func violations(_ view: JobView, _ trainings: Int, _ versions: [[UInt8]]) async -> [String] {
    var wrong: [String] = []
    let committed = view.publications.count { $0.state == "committed" }
    switch (test.scenario, view.state) {
    case (.cancel, .cancelled), (.withdraw, .cancelled):
      if !versions.isEmpty { wrong.append("cancelled, and published") }
      if let open = await world.openUploads, open > 0 { wrong.append("cancelled, and \(open) uploads are left") }
    case (.cancelPublishing, .cancelled):
      if versions.count != committed || committed == world.registries {
        wrong.append("cancelled, with \(versions.count) versions, \(committed) of them told")
      }
    case (.run, .done), (.stop, .done), (.stopPublishing, .done), (.refuse, .done), (.promote, .done),
      (.housekeeping, .done):
      if trainings != 1 { wrong.append("done, and trained \(trainings) times") }
      if versions.count != world.registries { wrong.append("done, with \(versions.count) versions") }
    case (_, .failed) where test.mayLose && view.reason == "lost":
      if !versions.isEmpty { wrong.append("lost, and published") }
      if (view.message ?? "").isEmpty { wrong.append("lost, and nobody is told what is known") }
    default: wrong.append("it ended \(view.state.rawValue), \(view.reason ?? ""): \(view.message ?? "")")
    }
    do {
      wrong += try await world.wrongs(of: view, after: test)
      let events = try await until("the events") { try await daemon.events(of: job) }
      wrong += Story.problems(events, end: view.state, isReopened: test.scenario == .refuse)
    } catch {
      wrong.append("it could not be judged: \(error)")
    }
    return wrong
  }

  /// Nothing of a forgotten job stays.
  private func leftovers() -> [String] {
    ["spool", "logs"].flatMap { folder -> [String] in
      let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(daemon.stateDirectory)/\(folder)")) ?? []
      return names.map { "\(folder)/\($0) is left over" }
    }
      + ((try? FileManager.default.contentsOfDirectory(atPath: daemon.stateDirectory)) ?? [])
      .filter { $0.hasPrefix("backup") }.map { "\($0) is left over" }
  }
}
