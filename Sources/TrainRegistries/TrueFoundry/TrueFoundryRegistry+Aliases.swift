internal import NIOHTTP1
public import TrainCore
internal import TrainTransport

/// An alias is a tag, which one version of a model has at a time. (`version_alias` is part of a version's manifest, fixed
/// when it is made.)
extension TrueFoundryRegistry {
  public func target(of alias: String, for release: Release) async throws(Fault) -> RemoteVersion? {
    try await holder(of: alias, release).map { RemoteVersion(id: $0.id) }
  }

  /// The API does not say whether tags that are set replace a version's tags or join them: what is sent is right both
  /// ways.
  public func point(
    _ alias: String, at version: RemoteVersion?, from replaced: RemoteVersion?, for release: Release
  ) async throws(Fault) {
    let held = try await holder(of: alias, release)
    if held?.id == version?.id { return }
    guard held?.id == replaced?.id else { throw Self.elsewhere(alias) }
    guard let version else {
      if let held { try await remove(alias, from: held, release) }
      return
    }
    guard TrueFoundryVersions.isSafe(version.id) else {
      throw .permanent(.internalError, "'\(version.id)' is no id of a version")
    }
    let tags = Self.tags(of: try await versions.version(version.id))
    // Without force it is refused when somebody else was faster.
    try await set(tags.union([alias]), of: version.id, alias, force: held != nil)
  }

  private func remove(_ alias: String, from held: (id: String, tags: Set<String>), _ release: Release)
    async throws(Fault)
  {
    try await set(held.tags.subtracting([alias]), of: held.id, alias, force: false)
    guard try await holder(of: alias, release) == nil else {
      throw .permanent(
        .unsupported, "TrueFoundry moves the tag '\(alias)' but does not take it away: \(held.id) still has it",
        hint: "take it away by hand, or promote another version")
    }
  }

  private func set(_ tags: Set<String>, of id: String, _ alias: String, force: Bool) async throws(Fault) {
    let response = try await client.call(
      .trueFoundrySetTags, .PUT, "/model-versions/tags", "move the tag '\(alias)'",
      body: [
        "model_version_id": .string(id), "tags": .array(tags.sorted().map(JSON.string)), "force": .bool(force),
      ])
    if response.status == 409 { throw Self.elsewhere(alias) }
    // An empty object: something else did not come from the API.
    guard try response.requireSuccess().requireJSON().object != nil else {
      throw .transient(.badAnswer, "could not move the tag '\(alias)': \(response.excerpt)")
    }
  }

  private func holder(of alias: String, _ release: Release) async throws(Fault) -> (id: String, tags: Set<String>)? {
    var found: (id: String, tags: Set<String>)?
    try await versions.each(of: try TrueFoundryKeys(release), tag: alias) { version in
      let tags = Self.tags(of: version)
      guard tags.contains(alias), let id = version["id"]?.string, TrueFoundryVersions.isSafe(id) else { return false }
      found = (id, tags)
      return true
    }
    return found
  }

  private static func tags(of version: JSON) -> Set<String> { Set((version["tags"]?.array ?? []).compactMap(\.string)) }

  private static func elsewhere(_ alias: String) -> Fault {
    .transient(.misaligned, "the alias '\(alias)' is elsewhere by now", effect: .none)
  }
}
