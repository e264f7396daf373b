internal import TrainCore
internal import TrainTransport

/// The registered models of a server and their versions.
struct MLflowModels: Sendable {
  static let mostPages = 100

  let client: MLflowClient

  /// Makes the registered model unless it is there.
  func ensure(_ name: String) async throws(Fault) {
    let response = try await client.tell(
      .mlflowCreateModel, "registered-models/create", ["name": .string(name)], "register the model '\(name)'")
    if !response.mlflowIsTaken { _ = try response.mlflowObject() }
  }

  /// The versions of a registered model that carry this version's tag, oldest first; none where there is no such model.
  func versions(of name: String, tagged version: String) async throws(Fault) -> [MLflowVersion] {
    let purpose = "look for the version \(version) of '\(name)'"
    let filter = "name='\(name)' AND tags.`traind.version`='\(version)'"
    var found: [MLflowVersion] = []
    var token = ""
    for _ in 0..<Self.mostPages {
      let response = try await client.ask(
        .mlflowFindVersion, "model-versions/search",
        token.isEmpty ? ["filter": filter] : ["filter": filter, "page_token": token], purpose)
      if response.mlflowIsAbsent { return [] }
      let page = try response.mlflowObject()
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
    let (name, number) = try MLflowVersion.parts(of: id)
    let purpose = "look at the version \(number) of '\(name)'"
    let response = try await client.ask(
      .mlflowGetVersion, "model-versions/get", ["name": name, "version": "\(number)"], purpose)
    if response.mlflowIsAbsent { return nil }
    return try Self.version(in: response, purpose)
  }

  func create(_ body: JSON, _ purpose: String) async throws(Fault) -> MLflowVersion {
    try Self.version(
      in: try await client.tell(.mlflowCreateVersion, "model-versions/create", body, purpose), purpose)
  }

  /// Deletes a version of ours.
  func delete(_ version: MLflowVersion) async throws(Fault) {
    let response = try await client.delete(
      .mlflowDeleteVersion, "model-versions/delete",
      ["name": .string(version.model), "version": .string("\(version.number)")],
      "take back the version \(version.number) of '\(version.model)'")
    if !response.mlflowIsAbsent { _ = try response.mlflowObject() }
  }

  private static func version(in response: HTTPResponse, _ purpose: String) throws(Fault) -> MLflowVersion {
    guard let version = try response.mlflowObject()["model_version"].flatMap(MLflowVersion.init) else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no version: \(response.excerpt)",
        hint: "does the endpoint name an MLflow server?")
    }
    return version
  }

  /// The number of the version that an alias points at; `nil` when there is no such alias, or no such model.
  func target(of alias: String, in name: String) async throws(Fault) -> Int64? {
    let purpose = "look for the alias '\(alias)' of '\(name)'"
    let response = try await client.ask(.mlflowGetModel, "registered-models/get", ["name": name], purpose)
    if response.mlflowIsAbsent { return nil }
    guard let model = try response.mlflowObject()["registered_model"] else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no model: \(response.excerpt)", effect: .none)
    }
    let found = model["aliases"]?.array?.first { $0["alias"]?.string == alias }?["version"]
    return found?.int ?? found?.string.flatMap(Int64.init)
  }

  /// - Parameter number: of a version; `nil` = the alias goes.
  func point(_ alias: String, of name: String, at number: Int64?) async throws(Fault) {
    var body: JSON = ["name": .string(name), "alias": .string(alias)]
    guard let number else {
      let response = try await client.delete(
        .mlflowDeleteAlias, "registered-models/alias", body, "remove the alias '\(alias)' of '\(name)'")
      if !response.mlflowIsAbsent { _ = try response.mlflowObject() }
      return
    }
    body["version"] = .string("\(number)")
    _ = try await client.tell(
      .mlflowSetAlias, "registered-models/alias", body, "point the alias '\(alias)' of '\(name)' at version \(number)"
    ).mlflowObject()
  }
}
