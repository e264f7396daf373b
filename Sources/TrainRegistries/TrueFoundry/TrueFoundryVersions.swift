internal import NIOHTTP1
internal import Synchronization
internal import TrainCore
internal import TrainTransport

/// The model versions that the key can see.
struct TrueFoundryVersions: Sendable {
  static let pageSize = 100
  /// The newest come first; a model has fewer.
  static let mostPages = 100

  let client: TrueFoundryClient
  private let repositories = KnownRepositories()

  init(client: TrueFoundryClient) { self.client = client }

  /// Every version of the keys' model, until `isEnough`.
  func each(of keys: TrueFoundryKeys, _ isEnough: (JSON) -> Bool) async throws(Fault) {
    let purpose = "list the versions of \(keys.repository)/\(keys.name)"
    let repository = try await id(ofRepository: keys.repository)
    var offset = 0
    for _ in 0..<Self.mostPages {
      let answer = try await client.call(
        .trueFoundryListVersions, .GET,
        "/model-versions?ml_repo_id=\(repository)&name=\(keys.name)&limit=\(Self.pageSize)&offset=\(offset)",
        purpose, answerLimit: 16 * 1024 * 1024)
      let page = try answer.requireSuccess().requireJSON()
      guard let versions = page["data"]?.array else { throw Self.noList(purpose, answer) }
      for version in versions where version["manifest"]?["name"]?.string == keys.name {
        if isEnough(version) { return }
      }
      offset += versions.count
      if versions.isEmpty { return }
      if let total = page["pagination"]?["total"]?.int, Int64(offset) >= total { return }
    }
  }

  /// Fault `.notFound` when there is no committed version of that id.
  func version(_ id: String) async throws(Fault) -> JSON {
    let purpose = "look at the model version \(id)"
    let answer = try await client.call(
      .trueFoundryGetVersion, .GET, "/model-versions/\(id)", purpose, answerLimit: 16 * 1024 * 1024)
    guard let version = try answer.requireSuccess().requireJSON()["data"], version.object != nil else {
      throw .transient(.badAnswer, "could not \(purpose): the answer holds none: \(answer.excerpt)", effect: .none)
    }
    return version
  }

  /// Fault `.rejected` (permanent) when there is no repo of that name, or the key may not see it.
  private func id(ofRepository name: String) async throws(Fault) -> String {
    if let known = repositories[name] { return known }
    let purpose = "find the ML repo '\(name)'"
    let answer = try await client.call(
      .trueFoundryFindRepository, .GET, "/ml-repos?name=\(name)&limit=\(Self.pageSize)", purpose)
    guard let found = try answer.requireSuccess().requireJSON()["data"]?.array else {
      throw Self.noList(purpose, answer)
    }
    let repository = found.first { $0["manifest"]?["name"]?.string == name }
    guard let id = repository?["id"].flatMap({ $0.string ?? $0.int.map(String.init) }), Self.isSafe(id) else {
      throw .permanent(
        .rejected, "there is no ML repo '\(name)' on TrueFoundry, or the key may not see it",
        hint: "create it there and give the key's owner access, or correct ml_repo:")
    }
    repositories[name] = id
    return id
  }

  /// Whether an id can stand in a path.
  static func isSafe(_ id: String) -> Bool { id.wholeMatch(of: /[A-Za-z0-9\-]{1,64}/) != nil }

  private static func noList(_ purpose: String, _ answer: HTTPAnswer) -> Fault {
    .transient(
      .badAnswer, "could not \(purpose): the answer holds no list: \(answer.excerpt)",
      hint: "does the endpoint name a TrueFoundry control plane?", effect: .none)
  }
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
