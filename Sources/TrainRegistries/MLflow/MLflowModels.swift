internal import TrainCore
internal import TrainTransport

/// The registered models of a server and their versions.
struct MLflowModels: Sendable {
  static let mostPages = 100
  /// What a version has that was given its alias: so that publishing an old version again moves no alias back.
  static let aliasTag = "traind.alias"

  let client: MLflowClient

  /// Makes the registered model unless it is there.
  func ensure(_ name: String) async throws(Fault) {
    let answer = try await client.tell(
      .mlflowCreateModel, "registered-models/create", ["name": .string(name)], "register the model '\(name)'")
    if !answer.mlflowIsTaken { _ = try answer.mlflowObject() }
  }

  /// The versions of a registered model that carry this version's tag, oldest first; none where there is no such model.
  func versions(of name: String, tagged version: String) async throws(Fault) -> [MLflowVersion] {
    let purpose = "look for the version \(version) of '\(name)'"
    let filter = "name='\(name)' AND tags.`traind.version`='\(version)'"
    var found: [MLflowVersion] = []
    var token = ""
    for _ in 0..<Self.mostPages {
      let answer = try await client.ask(
        .mlflowFindVersion, "model-versions/search",
        token.isEmpty ? ["filter": filter] : ["filter": filter, "page_token": token], purpose)
      if answer.mlflowIsAbsent { return [] }
      let page = try answer.mlflowObject()
      for json in page["model_versions"]?.array ?? [] {
        guard let one = MLflowVersion(json) else {
          throw .transient(.badAnswer, "could not \(purpose): the answer holds what is no version", effect: .none)
        }
        // A server that does not know the filter gives more.
        if one.model == name, one.tags["traind.version"] == version { found.append(one) }
      }
      token = page["next_page_token"]?.string ?? ""
      if token.isEmpty { return found.sorted { $0.number < $1.number } }
    }
    throw .permanent(.badAnswer, "could not \(purpose): the list does not end after \(Self.mostPages) pages")
  }

  /// - Returns: `nil` when there is none.
  func version(_ id: String) async throws(Fault) -> MLflowVersion? {
    guard let (name, number) = MLflowVersion.parts(of: id) else {
      throw .permanent(.internalError, "'\(id)' is no version of a registered model")
    }
    let purpose = "look at the version \(number) of '\(name)'"
    let answer = try await client.ask(
      .mlflowGetVersion, "model-versions/get", ["name": name, "version": "\(number)"], purpose)
    if answer.mlflowIsAbsent { return nil }
    return try Self.version(in: answer, purpose)
  }

  func create(_ body: JSON, _ purpose: String) async throws(Fault) -> MLflowVersion {
    try Self.version(
      in: try await client.tell(.mlflowCreateVersion, "model-versions/create", body, purpose), purpose)
  }

  /// Deletes a version of ours.
  func delete(_ version: MLflowVersion) async throws(Fault) {
    let answer = try await client.delete(
      version: version.number, of: version.model, "take back the version \(version.number) of '\(version.model)'")
    if !answer.mlflowIsAbsent { _ = try answer.mlflowObject() }
  }

  private static func version(in answer: HTTPAnswer, _ purpose: String) throws(Fault) -> MLflowVersion {
    guard let version = try answer.mlflowObject()["model_version"].flatMap(MLflowVersion.init) else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no version: \(answer.excerpt)",
        hint: "does the endpoint name an MLflow server?")
    }
    return version
  }

  /// Moves the alias to the version, once in the version's life.
  func give(alias: String, to version: MLflowVersion) async throws(Fault) {
    guard version.tags[Self.aliasTag] != alias else { return }
    let number = String(version.number)
    _ = try await client.tell(
      .mlflowSetAlias, "registered-models/alias",
      ["name": .string(version.model), "alias": .string(alias), "version": .string(number)],
      "give the alias '\(alias)' to the version \(number) of '\(version.model)'"
    ).mlflowObject()
    _ = try await client.tell(
      .mlflowTagVersion, "model-versions/set-tag",
      [
        "name": .string(version.model), "version": .string(number), "key": .string(Self.aliasTag),
        "value": .string(alias),
      ], "tag the version \(number) of '\(version.model)'"
    ).mlflowObject()
  }
}
