internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

extension SynapseRegistry {
  /// Makes the model out of a finished upload.
  func register(_ session: SynapseSession, _ release: Release) async throws(Fault) -> RemoteVersion {
    let keys = try SynapseKeys(release)
    let body = try await model(of: session, release, keys)
    let purpose = "register the model '\(keys.name)'"
    let response = try await client.json(
      .synapseRegister, .POST, "/models/", purpose, body: body, idleTimeout: .seconds(60))
    if response.isSuccess {
      guard let id = response.json?["id"].flatMap(SynapseModels.id), SynapseUpload.isSafe(id) else {
        throw .transient(.badAnswer, "could not \(purpose): the answer has no id: \(response.excerpt)")
      }
      return RemoteVersion(id: id)
    }
    switch response.status {
    case 401, 403, 408, 425, 429: throw response.fault
    case 400..<500: return try await afterRefusal(response, release)
    default: throw response.fault
    }
  }

  /// A refusal may mean that the name is taken, by us even: an earlier call whose answer was lost.
  private func afterRefusal(_ response: HTTPResponse, _ release: Release) async throws(Fault) -> RemoteVersion {
    switch try await find(release) {
    case .ours(let version): return version
    case .foreign(_, let why):
      throw .permanent(.alreadyExists, why, hint: "publish under another version, or set name:")
    case .absent:
      if response.status == 400, response.json?["chunked_upload"] != nil {
        throw .transient(
          .sessionExpired, "Synapse does not take the finished upload (\(response.excerpt)): it is begun again",
          effect: .none)
      }
      throw response.fault
    }
  }

  private func model(
    of session: SynapseSession, _ release: Release, _ keys: SynapseKeys
  ) async throws(Fault) -> JSON {
    guard let sha256 = session.sha256 else {
      throw .transient(.sessionExpired, "a stored upload to Synapse was never finished", effect: .none)
    }
    var marker = release.marker
    marker["model"] = .string(release.modelName)
    marker["version"] = .string(release.modelVersion)
    marker["uploaded"] = .string("sha256:\(sha256)")
    marker["archive"] = session.isArchive ? "zip" : "none"
    let record = release.record
    for part in ["provenance", "signature"] { marker[part] = record[part] }
    var configuration = JSON.object(keys.configuration)
    configuration["traind"] = marker
    var body: JSON = [
      "name": .string(keys.name), "plugin": keys.plugin, "chunked_upload": .string(session.upload),
      "configuration": configuration,
    ]
    if let version = keys.version { body["version"] = .string(version) }
    if let description = keys.description { body["description"] = .string(description) }
    switch keys.checkpoint {
    case .none: break
    case .id(let id): body["checkpoint"] = .int(id)
    case .previous:
      if let id = try await models.previous(of: release, own: keys.name) { body["checkpoint"] = .int(id) }
    }
    return body
  }
}
