internal import TrainCore
internal import TrainTransport

/// The experiments and runs of a server. A version's files are a run's, and its parameters and metrics show with it.
struct MLflowRuns: Sendable {
  /// What a server takes in one call.
  static let mostParameters = 100
  /// What servers of all ages keep of a parameter.
  static let longestParameter = 500

  let client: MLflowClient

  /// The id of the experiment of that name; made when it is not there.
  func experiment(_ name: String) async throws(Fault) -> String {
    if let id = try await find(experiment: name) { return id }
    let purpose = "make the experiment '\(name)'"
    let response = try await client.tell(
      .mlflowCreateExperiment, "experiments/create", ["name": .string(name)], purpose)
    if response.mlflowIsTaken, let id = try await find(experiment: name) { return id }
    guard let id = try response.mlflowObject()["experiment_id"]?.string else {
      throw .transient(.badAnswer, "could not \(purpose): the answer has no id: \(response.excerpt)")
    }
    return id
  }

  func find(experiment name: String) async throws(Fault) -> String? {
    let purpose = "look for the experiment '\(name)'"
    let response = try await client.ask(
      .mlflowFindExperiment, "experiments/get-by-name", ["experiment_name": name], purpose)
    if response.mlflowIsAbsent { return nil }
    let experiment = try response.mlflowObject()["experiment"]
    guard let id = experiment?["experiment_id"]?.string else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds none: \(response.excerpt)",
        hint: "does the endpoint name an MLflow server?", effect: .none)
    }
    guard experiment?["lifecycle_stage"]?.string != "deleted" else {
      throw .permanent(
        .rejected, "the experiment '\(name)' was deleted on the MLflow server",
        hint: "restore it there, or set experiment: to another name")
    }
    return id
  }

  /// The run with the release's marker, if there is one: an earlier call whose answer was lost.
  func find(for release: Release, in experiment: String) async throws(Fault) -> MLflowRun? {
    let purpose = "look for the run of \(release.job)"
    let marks = (release.marker.object ?? [:]).compactMapValues(\.string).sorted { $0.key < $1.key }
    var body: JSON = [
      "experiment_ids": [.string(experiment)], "run_view_type": "ACTIVE_ONLY", "max_results": 100,
      "filter": .string(marks.map { "tags.`traind.\($0.key)` = '\($0.value)'" }.joined(separator: " AND ")),
    ]
    for _ in 0..<MLflowModels.mostPages {
      let page = try await client.tell(.mlflowFindRun, "runs/search", body, purpose).mlflowObject()
      let runs = (page["runs"]?.array ?? []).compactMap(MLflowRun.init)
      let ours = runs.filter { run in !run.isDeleted && release.isMarked(by: Release.marker { run.tags[$0] }) }
      if let run = ours.min(by: { $0.id < $1.id }) { return run }
      guard let token = page["next_page_token"]?.string, !token.isEmpty else { return nil }
      body["page_token"] = .string(token)
    }
    throw .permanent(.badAnswer, "could not \(purpose): the list does not end after \(MLflowModels.mostPages) pages")
  }

  func create(for release: Release, in experiment: String, named name: String) async throws(Fault) -> MLflowRun {
    let purpose = "make a run for \(release.job)"
    var tags = Dictionary(uniqueKeysWithValues: release.facts.map { ($0.name, $0.value) })
    tags["mlflow.source.name"] = "traind"
    tags["mlflow.source.type"] = "JOB"
    var body: JSON = [
      "experiment_id": .string(experiment), "run_name": .string(name), "tags": .mlflow(tags: tags),
    ]
    if let started = release.provenance.started { body["start_time"] = .int(started.milliseconds) }
    let response = try await client.tell(.mlflowCreateRun, "runs/create", body, purpose)
    guard let run = try response.mlflowObject()["run"].flatMap(MLflowRun.init) else {
      throw .transient(.badAnswer, "could not \(purpose): the answer holds no run: \(response.excerpt)")
    }
    return run
  }

  /// - Returns: `nil` when there is none, or it was deleted.
  func run(_ id: String) async throws(Fault) -> MLflowRun? {
    let purpose = "look at the run \(id)"
    let response = try await client.ask(.mlflowGetRun, "runs/get", ["run_id": id], purpose)
    if response.mlflowIsAbsent { return nil }
    guard let run = try response.mlflowObject()["run"].flatMap(MLflowRun.init) else {
      throw .transient(.badAnswer, "could not \(purpose): the answer holds no run: \(response.excerpt)", effect: .none)
    }
    return run.isDeleted ? nil : run
  }

  /// What the training was told and what it measured. The same again changes nothing.
  /// - Parameter time: ms; of every metric.
  func log(_ provenance: Provenance, at time: Int64, to run: String) async throws(Fault) {
    let parameters = Self.parameters(of: provenance.train).prefix(Self.mostParameters)
    let metrics = provenance.metrics.filter { $0.value.isFinite }.sorted { $0.key < $1.key }.prefix(1000)
    if parameters.isEmpty, metrics.isEmpty { return }
    _ = try await client.tell(
      .mlflowLogRun, "runs/log-batch",
      [
        "run_id": .string(run),
        "params": .array(parameters.map { ["key": .string($0.name), "value": .string($0.value)] }),
        "metrics": .array(
          metrics.map {
            [
              "key": .string(MLflowKeys.fitted($0.key)), "value": .double($0.value), "timestamp": .int(time), "step": 0,
            ]
          }),
      ], "log what \(run) was"
    ).mlflowObject()
  }

  func end(_ run: String, as status: String, at time: Int64) async throws(Fault) {
    _ = try await client.tell(
      .mlflowEndRun, "runs/update",
      ["run_id": .string(run), "status": .string(status), "end_time": .int(time)], "end the run \(run)"
    ).mlflowObject()
  }

  /// The spec's `train` as flat texts: `train.script.version`, sorted; lists as JSON.
  static func parameters(of train: JSON) -> [(name: String, value: String)] {
    func flat(_ value: JSON, _ path: String) -> [(name: String, value: String)] {
      switch value {
      case .object(let members):
        members.sorted { $0.key < $1.key }.flatMap { flat($0.value, "\(path).\($0.key)") }
      case .string(let text): [(MLflowKeys.fitted(path), String(text.prefix(longestParameter)))]
      case .null, .bool, .int, .double, .array:
        [(MLflowKeys.fitted(path), String(value.canonical.prefix(longestParameter)))]
      }
    }
    var seen: Set<String> = []
    return flat(train, "train").filter { seen.insert($0.name).inserted }
  }
}
