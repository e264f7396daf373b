internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

extension TrueFoundryRegistry {
  /// Makes the staged version a version. A second such call could make a second one, so what is there is looked for
  /// first.
  func register(_ session: TrueFoundrySession, _ release: Release) async throws(Fault) -> RemoteVersion {
    let keys = try TrueFoundryKeys(release)
    if let version = try await adopted(release) { return version }
    let purpose = "commit a version of \(keys.repository)/\(keys.name)"
    let response = try await client.call(
      .trueFoundryCommit, .PUT, "/model-versions", purpose,
      body: ["manifest": TrueFoundryManifest(release: release, keys: keys).committed(root: session.root)],
      idleTimeout: .seconds(120), responseLimit: 16 * 1024 * 1024)
    if response.isSuccess {
      guard let id = response.json?["data"]?["id"]?.string, TrueFoundryVersions.isSafe(id) else {
        throw .transient(.badAnswer, "could not \(purpose): the answer has no id: \(response.excerpt)")
      }
      await urls.forget(session.staged)
      return RemoteVersion(id: id)
    }
    switch response.status {
    case 401, 403, 408, 425, 429: throw response.fault
    case 400..<500:
      // It may be taken, by us even: an earlier call whose answer was lost.
      if let version = try await adopted(release) { return version }
      if response.status == 404 || response.status == 410 {
        // The staged version, or something that the manifest names: only the first is worth another upload.
        if try await isGone(session) { _ = try SignedURLCache.ofUpload(response) }
      }
      throw response.fault
    default: throw response.fault
    }
  }

  /// Our own version if it is there. Fault `.alreadyExists` (permanent) when somebody else's is.
  private func adopted(_ release: Release) async throws(Fault) -> RemoteVersion? {
    switch try await find(release) {
    case .ours(let version): return version
    case .foreign(_, let why):
      throw .permanent(.alreadyExists, why, hint: "publish under another version, or set name: or version_alias:")
    case .absent: return nil
    }
  }

  func isGone(_ session: TrueFoundrySession) async throws(Fault) -> Bool {
    let response = try await client.call(
      .trueFoundryListFiles, .POST, "/artifact-versions/files", "see whether the staged version is there",
      body: ["id": .string(session.staged), "limit": 1])
    return response.status == 404 || response.status == 410
  }
}
