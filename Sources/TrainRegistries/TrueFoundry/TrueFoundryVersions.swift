internal import NIOHTTP1
internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// The model versions that the key can see.
struct TrueFoundryVersions: Sendable {
  /// The newest come first; a model has fewer than so many pages.
  static let mostPages = 100

  let client: TrueFoundryClient
  private let repositories = KnownRepositories()

  init(client: TrueFoundryClient) { self.client = client }

  /// Every version of the keys' model, until `isEnough`.
  /// - Parameter tag: only those with it, where the API keeps to that.
  func each(of keys: TrueFoundryKeys, tag: String? = nil, _ isEnough: (JSON) -> Bool) async throws(Fault) {
    let purpose = "list the versions of \(keys.repository)/\(keys.name)"
    let repository = try await id(ofRepository: keys.repository)
    var next: [CatalogParameter]? = [CatalogParameter("ml_repo_id", repository), CatalogParameter("name", keys.name)]
    if let tag { next?.append(CatalogParameter("tag", tag)) }
    for _ in 0..<Self.mostPages {
      guard let parameters = next else { return }
      let page = try await TrueFoundryPage.get(
        "/model-versions", parameters, at: .trueFoundryListVersions, purpose, by: client)
      for version in page.objects where version["manifest"]?["name"]?.string == keys.name {
        if isEnough(version) { return }
      }
      next = page.next
    }
  }

  /// Fault `.notFound` when there is no committed version of that id.
  func version(_ id: String) async throws(Fault) -> JSON {
    let purpose = "look at the model version \(id)"
    let response = try await client.call(
      .trueFoundryGetVersion, .GET, "/model-versions/\(id)", purpose, responseLimit: 16 * 1024 * 1024)
    guard let version = try response.requireSuccess().requireJSON()["data"], version.object != nil else {
      throw .transient(.badAnswer, "could not \(purpose): the answer holds none: \(response.excerpt)", effect: .none)
    }
    return version
  }

  /// Fault `.rejected` (permanent) when there is no repo of that name, or the key may not see it.
  private func id(ofRepository name: String) async throws(Fault) -> String {
    if let known = repositories[name] { return known }
    let purpose = "find the ML repo '\(name)'"
    let page = try await TrueFoundryPage.get(
      "/ml-repos", [CatalogParameter("name", name)], at: .trueFoundryFindRepository, purpose, by: client)
    let repository = page.objects.first { $0["manifest"]?["name"]?.string == name }
    guard let id = repository?["id"].flatMap({ $0.string ?? $0.int.map(String.init) }), Self.isSafe(id) else {
      throw .permanent(
        .rejected, "there is no ML repo '\(name)' on TrueFoundry, or the key may not see it",
        hint: "create it there and give the key's owner access, or correct ml_repo:")
    }
    repositories[name] = id
    return id
  }

  /// Whether an id can stand in a path.
  static func isSafe(_ id: String) -> Bool { id.wholeMatch(of: /[A-Za-z0-9_\-]{1,128}/) != nil }
}

/// The ids of ML repos, by name. They never change.
private final class KnownRepositories: Sendable {
  private static let limit = 64
  private let held = Mutex<[String: String]>([:])

  subscript(name: String) -> String? {
    get { held.withLock { $0[name] } }
    set {
      held.withLock { held in
        if held.count >= Self.limit { held = [:] }
        held[name] = newValue
      }
    }
  }
}
