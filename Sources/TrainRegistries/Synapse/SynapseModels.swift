internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// The models that a tenant can see.
struct SynapseModels: Sendable {
  /// Pages read at each end of the list: which end is newest is the backend's secret.
  static let pagesPerEnd = 20
  static let pageSize = 100
  /// Models without their configuration in the list that are looked at one by one.
  static let mostLookups = 20

  let client: SynapseClient

  /// The model of that name, whole; `nil` when no page that was read has it.
  func named(_ name: String) async throws(Fault) -> JSON? {
    var found: JSON?
    try await pages { models in
      found = models.first { $0["name"]?.string == name }
      return found != nil
    }
    guard let found else { return nil }
    return found["configuration"] == nil ? try await whole(found) : found
  }

  /// The newest model that traind published under a model name, but for the release's own.
  func previous(of release: Release, own: String) async throws(Fault) -> Int64? {
    var candidates: [JSON] = []
    try await pages { models in
      candidates += models.filter { model in
        guard model["id"]?.int != nil, model["name"]?.string != own else { return false }
        guard let configuration = Self.configuration(of: model) else {
          return model["name"]?.string?.hasPrefix("\(release.modelName)-") == true
        }
        return configuration["traind"]?["model"]?.string == release.modelName
      }
      return false
    }
    candidates.sort { ($0["id"]?.int ?? 0) > ($1["id"]?.int ?? 0) }
    for candidate in candidates.prefix(Self.mostLookups) {
      guard candidate["configuration"] == nil else { return candidate["id"]?.int }
      let model = try await whole(candidate)
      if Self.configuration(of: model)?["traind"]?["model"]?.string == release.modelName { return model["id"]?.int }
    }
    return nil
  }

  func model(_ id: String) async throws(Fault) -> JSON {
    guard SynapseUpload.isSafe(id) else { throw .permanent(.internalError, "'\(id)' is no model id") }
    return try await client.call(.synapseGetModel, .GET, "/models/\(id)/", "look at the model \(id)")
      .requireSuccess().requireJSON()
  }

  private func whole(_ model: JSON) async throws(Fault) -> JSON {
    guard let id = model["id"].flatMap(Self.id) else { return model }
    return try await self.model(id)
  }

  static func id(_ json: JSON) -> String? { json.string ?? json.int.map(String.init) }

  /// An object, also where the backend hands it back as text.
  static func configuration(of model: JSON) -> JSON? {
    switch model["configuration"] {
    case .some(.object(let members)): .object(members)
    case .some(.string(let text)): JSON(parsing: text)
    case .some, nil: nil
    }
  }

  /// Reads the first pages, then the last ones, until `isEnough`.
  private func pages(_ isEnough: ([JSON]) -> Bool) async throws(Fault) {
    var number = 1
    var size = 0
    var count: Int64?
    while number <= Self.pagesPerEnd {
      let page = try await page(number)
      count = page.count ?? count
      size = max(size, page.models.count)
      if isEnough(page.models) || !page.hasMore { return }
      number += 1
    }
    guard let count, size > 0 else { return }
    let last = Int((count + Int64(size) - 1) / Int64(size))
    for number in stride(from: last, through: max(number, last - Self.pagesPerEnd + 1), by: -1) {
      if isEnough(try await page(number).models) { return }
    }
  }

  private func page(_ number: Int) async throws(Fault) -> (models: [JSON], count: Int64?, hasMore: Bool) {
    let purpose = "list the models"
    let response = try await client.call(
      .synapseListModels, .GET, "/models/?page=\(number)&page_size=\(Self.pageSize)", purpose,
      responseLimit: 16 * 1024 * 1024)
    // The list may have become shorter since its first page.
    if response.status == 404, number > 1 { return ([], nil, false) }
    let json = try response.requireSuccess().requireJSON()
    if let models = json.array { return (models, nil, false) }
    guard let models = json["results"]?.array else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer holds no list: \(response.excerpt)",
        hint: "does the endpoint name a Synapse backend?", effect: .none)
    }
    // Only whether there is a next page is taken from the answer, never where it is.
    return (models, json["count"]?.int, json["next"]?.string != nil)
  }
}
