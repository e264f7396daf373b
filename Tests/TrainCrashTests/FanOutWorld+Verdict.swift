import TrainControl
import TrainCore
import TrainTestKit

/// What has to hold in each registry, seen from its own side.
extension FanOutWorld {
  /// Of boundaries that are crossed once all bytes are there: a death there sends none of them again.
  private static let afterBytes: Set<CrashPoint> = [
    .s3PutManifest, .ociPutManifest, .ociPutTag, .mlflowReadFile, .mlflowLogRun, .mlflowEndRun, .mlflowCreateVersion,
    .mlflowGetVersion, .mlflowSetAlias, .mlflowFinishMultipart, .trueFoundryFinishMultipart, .trueFoundryCommit,
    .s3Complete, .directoryMakeAlias, .directoryMoveAlias,
  ]
  /// What is sent beside the files: manifests, configurations, an archive's framing.
  private static let framing = 64 * 1024

  func wrongs(of view: JobView, after test: CrashCase) async throws -> [String] {
    var wrong: [String] = []
    if Set(view.publications.map(\.registry)) != Set(names) { wrong.append("other registries than the spec's") }
    for publication in view.publications {
      let found =
        try await wrongs(with: publication, of: view, test.scenario)
        + wrongs(withBytesOf: publication.registry, of: view.modelName, test)
      wrong += found.map { "\(publication.registry): \($0)" }
    }
    return wrong
  }

  func refused(_ view: JobView) async throws -> [String] {
    var wrong: [String] = []
    for publication in view.publications where publication.state == "failed" {
      for version in try await ours(view.modelName, in: publication.registry) {
        wrong.append("\(publication.registry): refused, and \(version.id) is there")
      }
    }
    return wrong
  }

  private func wrongs(
    with publication: PublicationView, of view: JobView, _ scenario: CrashScenario
  ) async throws -> [String] {
    let name = view.modelName
    let registry = registry(publication.registry)
    let ours = try await ours(name, in: publication.registry)
    let commits = await registry.commits(of: view.id, as: name, "1")
    // Whoever was taken back by hand or by itself is made anew.
    let most = scenario == .refuse && publication.registry == "flow" ? 2 : 1
    switch publication.state {
    case "committed":
      var wrong: [String] = []
      if commits > most || commits < 1 { wrong.append("\(commits) commits") }
      if ours.count != 1 { wrong.append("\(ours.count) versions") }
      let files = files(of: name)
      if ours.contains(where: { $0.files != files }) { wrong.append("other bytes than the training made") }
      if ours.first?.id != publication.remoteID {
        wrong.append("\(ours.first?.id ?? "nothing") is there, told was \(publication.remoteID ?? "nothing")")
      }
      return wrong + (try await wrongs(withAliasesOf: publication, name, scenario))
    case "failed":
      var wrong: [String] = []
      if !ours.isEmpty || commits > 0 { wrong.append("given up, and there: \(ours.map(\.id)), \(commits) commits") }
      return wrong + (try await wrongs(withAlias: Self.alias, at: nil, moved: 0, of: publication, name))
    default: return ["it ended \(publication.state)"]
    }
  }

  private func wrongs(
    withAliasesOf publication: PublicationView, _ name: String, _ scenario: CrashScenario
  ) async throws -> [String] {
    guard hasAliases(publication.registry) else {
      return publication.promotion.map { ["it has no aliases, and told is \($0)"] } ?? []
    }
    if isLarge { return [] }
    let seeded = try await seeded(name, in: publication.registry)
    let told = publication.promotion
    if scenario == .promote {
      // There and back, then a new one that went again.
      var wrong = try await wrongs(withAlias: Self.alias, at: nil, moved: 2, of: publication, name)
      let registry = registry(publication.registry)
      if let target = await registry.target(of: "staging", in: name) { wrong.append("staging is left at \(target)") }
      if let moves = await registry.moves(of: "staging", in: name), moves != 2 {
        wrong.append("staging moved \(moves) times")
      }
      if told?.alias != "staging" || told?.state != "moved" || told?.target != nil
        || told?.replaced != publication.remoteID
      {
        wrong.append("of staging it is told: \(told.map { "\($0)" } ?? "nothing")")
      }
      return wrong
    }
    guard told?.state == "moved" else {
      var wrong = try await wrongs(withAlias: Self.alias, at: nil, moved: 0, of: publication, name)
      if scenario != .cancelPublishing { wrong.append("its alias: \(told.map { "\($0)" } ?? "nothing")") }
      return wrong
    }
    var wrong = try await wrongs(withAlias: Self.alias, at: publication.remoteID, moved: 1, of: publication, name)
    if told?.alias != Self.alias || told?.target != publication.remoteID || told?.replaced != seeded {
      wrong.append("of the alias it is told: \(told.map { "\($0)" } ?? "nothing")")
    }
    return wrong
  }

  /// - Parameter target: `nil` = where it was before.
  private func wrongs(
    withAlias alias: String, at target: String?, moved times: Int, of publication: PublicationView, _ name: String
  ) async throws -> [String] {
    guard hasAliases(publication.registry), !isLarge else { return [] }
    let registry = registry(publication.registry)
    var wrong: [String] = []
    let seeded = try await seeded(name, in: publication.registry)
    let found = await registry.target(of: alias, in: name)
    if found != target ?? seeded { wrong.append("\(alias) points at \(found ?? "nothing")") }
    if let moves = await registry.moves(of: alias, in: name), moves != times {
      wrong.append("\(alias) moved \(moves) times, not \(times)")
    }
    return wrong
  }

  /// A death costs a registry its bytes once more at most, and nothing where they were all there.
  private func wrongs(withBytesOf name: String, of model: String, _ test: CrashCase) async -> [String] {
    let received = await registry(name).bytesReceived
    let bytes = bytes(of: model).count + Self.framing
    // Who is refused begins again, and so does who is published by hand then.
    var times = 1 + test.places.count + (test.scenario == .refuse ? 2 : 0)
    // What is one call to Viam ends with the daemon.
    if test.scenario == .stopPublishing, name == "machines" { times += 1 }
    if test.scenario != .refuse, test.places.count == 1, test.places[0].registry == name,
      Self.afterBytes.contains(test.places[0].point)
    {
      times = 1
    }
    return received > times * bytes ? ["\(received) bytes came in, of \(bytes) in a version"] : []
  }
}

extension CrashPlace {
  /// The registry whose boundary it is, by the name that the world gives it.
  var registry: String? {
    let names = [
      "s3": "bucket", "oci": "images", "mlflow": "flow", "truefoundry": "tfy", "viam": "machines",
      "directory": "shelf",
    ]
    return point.rawValue.split(separator: ".").first.flatMap { names[String($0)] }
  }
}
