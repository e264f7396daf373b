internal import TrainCore

/// Experiments and runs.
extension MLflowServer {
  func getExperiment(_ input: JSON) -> LoopbackReply {
    guard let name = input["experiment_name"]?.string, let experiment = experiments[name] else {
      return Self.refusal(404, "RESOURCE_DOES_NOT_EXIST", "Could not find experiment")
    }
    return Self.reply([
      "experiment": [
        "experiment_id": .string(experiment.id), "name": .string(name),
        "lifecycle_stage": experiment.isDeleted ? "deleted" : "active",
      ]
    ])
  }

  func createExperiment(_ input: JSON) -> LoopbackReply {
    guard let name = input["name"]?.string, experiments[name] == nil else {
      return Self.refusal(400, "RESOURCE_ALREADY_EXISTS", "Experiment already exists")
    }
    let id = "\(experiments.count)"
    experiments[name] = (id, false)
    return Self.reply(["experiment_id": .string(id)])
  }

  func createRun(_ input: JSON) -> LoopbackReply {
    let id = "run\(runOrder.count)"
    runs[id] = Run(
      experiment: input["experiment_id"]?.string ?? "", name: input["run_name"]?.string ?? "",
      tags: Self.tags(input["tags"]))
    runOrder.append(id)
    return Self.reply(["run": shown(id)])
  }

  func getRun(_ input: JSON) -> LoopbackReply {
    guard let id = input["run_id"]?.string, runs[id] != nil else { return Self.unknownRun }
    return Self.reply(["run": shown(id)])
  }

  func searchRuns(_ input: JSON) -> LoopbackReply {
    let conditions = Self.conditions(input["filter"]?.string ?? "")
    let wanted = (input["experiment_ids"]?.array ?? []).compactMap(\.string)
    let found = runOrder.filter { id in
      guard let run = runs[id], !run.isDeleted, wanted.contains(run.experiment) else { return false }
      return conditions.allSatisfy { $0.name.hasPrefix("tags.") && run.tags[String($0.name.dropFirst(5))] == $0.value }
    }
    return Self.reply(found.isEmpty ? [:] : ["runs": .array(found.map(shown))])
  }

  func logBatch(_ input: JSON) -> LoopbackReply {
    guard let id = input["run_id"]?.string, var run = runs[id], !run.isDeleted else { return Self.unknownRun }
    for (key, value) in Self.tags(input["params"]) {
      guard run.parameters[key] == nil || run.parameters[key] == value else {
        return Self.refusal(400, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed.")
      }
      run.parameters[key] = value
    }
    for metric in input["metrics"]?.array ?? [] {
      run.metrics.insert(
        "\(metric["key"]?.string ?? "?") \(metric["value"]?.double ?? -1) @\(metric["timestamp"]?.int ?? -1)")
    }
    runs[id] = run
    return Self.reply([:])
  }

  func updateRun(_ input: JSON) -> LoopbackReply {
    guard let id = input["run_id"]?.string, runs[id]?.isDeleted == false else { return Self.unknownRun }
    runs[id]?.status = input["status"]?.string ?? ""
    runs[id]?.ended = input["end_time"]?.int
    return Self.reply(["run_info": shown(id)["info"] ?? .null])
  }

  private func shown(_ id: String) -> JSON {
    guard let run = runs[id] else { return .null }
    return [
      "info": [
        "run_id": .string(id), "experiment_id": .string(run.experiment), "status": .string(run.status),
        "artifact_uri": .string("\(artifactScheme)\(run.experiment)/\(id)/artifacts"),
        "lifecycle_stage": run.isDeleted ? "deleted" : "active",
      ],
      "data": ["tags": Self.shown(run.tags)],
    ]
  }

  private static let unknownRun = refusal(404, "RESOURCE_DOES_NOT_EXIST", "Run not found")
}
