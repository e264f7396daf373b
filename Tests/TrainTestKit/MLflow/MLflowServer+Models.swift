internal import TrainCore

/// Registered models, their versions and aliases.
extension MLflowServer {
  func createModel(_ input: JSON) -> LoopbackReply {
    guard let name = input["name"]?.string, !name.isEmpty, !name.contains("/"), !name.contains(":") else {
      return Self.refusal(400, "INVALID_PARAMETER_VALUE", "Invalid model name")
    }
    guard aliases[name] == nil else {
      return Self.refusal(400, "RESOURCE_ALREADY_EXISTS", "Registered Model (name=\(name)) already exists.")
    }
    aliases[name] = [:]
    return Self.reply(["registered_model": ["name": .string(name)]])
  }

  func getModel(_ input: JSON) -> LoopbackReply {
    guard let name = input["name"]?.string, let aliases = aliases[name] else {
      return Self.refusal(404, "RESOURCE_DOES_NOT_EXIST", "Registered Model not found")
    }
    var model: JSON = ["name": .string(name)]
    if !aliases.isEmpty {
      model["aliases"] = .array(aliases.map { ["alias": .string($0.key), "version": .string("\($0.value)")] })
    }
    return Self.reply(["registered_model": model])
  }

  func deleteAlias(_ input: JSON) -> LoopbackReply {
    guard let name = input["name"]?.string, let alias = input["alias"]?.string, aliases[name] != nil else {
      return Self.refusal(404, "RESOURCE_DOES_NOT_EXIST", "Registered Model not found")
    }
    if aliases[name]?.removeValue(forKey: alias) != nil { moves["\(name):\(alias)", default: 0] += 1 }
    return Self.reply([:])
  }

  func setAlias(_ input: JSON) -> LoopbackReply {
    guard let (_, version) = find(input), let alias = input["alias"]?.string else { return Self.unknownVersion }
    aliases[version.model, default: [:]][alias] = version.number
    moves["\(version.model):\(alias)", default: 0] += 1
    return Self.reply([:])
  }

  func createVersion(_ input: JSON) -> LoopbackReply {
    guard let name = input["name"]?.string, aliases[name] != nil else {
      return Self.refusal(404, "RESOURCE_DOES_NOT_EXIST", "Registered Model not found")
    }
    guard let source = input["source"]?.string, source.hasPrefix("mlflow-artifacts:/") else {
      return Self.refusal(400, "INVALID_PARAMETER_VALUE", "Invalid model version source")
    }
    let version = Version(
      model: name, number: nextNumber(of: name), source: source, run: input["run_id"]?.string ?? "",
      description: input["description"]?.string ?? "", tags: Self.tags(input["tags"]), pending: pending,
      failure: failure)
    versions.append(version)
    made.append(version.tags["traind.job"] ?? "")
    return Self.reply(["model_version": shown(version)])
  }

  func deleteVersion(_ input: JSON) -> LoopbackReply {
    guard let (index, _) = find(input) else { return Self.unknownVersion }
    versions.remove(at: index)
    return Self.reply([:])
  }

  func getVersion(_ input: JSON) -> LoopbackReply {
    guard let (index, version) = find(input) else { return Self.unknownVersion }
    if version.pending > 0 { versions[index].pending -= 1 }
    return Self.reply(["model_version": shown(version)])
  }

  func searchVersions(_ input: JSON) -> LoopbackReply {
    let conditions = Self.conditions(input["filter"]?.string ?? "")
    let found = versions.filter { version in
      conditions.allSatisfy { condition in
        condition.name == "name"
          ? version.model == condition.value
          : condition.name.hasPrefix("tags.") && version.tags[String(condition.name.dropFirst(5))] == condition.value
      }
    }
    let start = input["page_token"]?.string.flatMap(Int.init) ?? 0
    // The newest first.
    let page = found.reversed().dropFirst(start).prefix(pageSize)
    var answer = JSON.empty
    if !page.isEmpty { answer["model_versions"] = .array(page.map(shown)) }
    if start + pageSize < found.count { answer["next_page_token"] = .string("\(start + pageSize)") }
    return Self.reply(answer)
  }

  func shown(_ version: Version) -> JSON {
    var shown: JSON = [
      "name": .string(version.model), "version": .string("\(version.number)"), "source": .string(version.source),
      "run_id": .string(version.run), "description": .string(version.description), "tags": Self.shown(version.tags),
      "status": version.pending > 0 ? "PENDING_REGISTRATION" : "READY",
    ]
    if let failure = version.failure {
      shown["status"] = "FAILED_REGISTRATION"
      shown["status_message"] = .string(failure)
    }
    return shown
  }

  private func find(_ input: JSON) -> (index: Int, version: Version)? {
    guard let name = input["name"]?.string, let number = input["version"]?.string.flatMap(Int64.init),
      let index = versions.firstIndex(where: { $0.model == name && $0.number == number })
    else { return nil }
    return (index, versions[index])
  }

  private static let unknownVersion = refusal(404, "RESOURCE_DOES_NOT_EXIST", "Model Version not found")
}
