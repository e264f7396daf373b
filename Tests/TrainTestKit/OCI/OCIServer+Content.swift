internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Blobs, manifests and tags.
extension OCIServer {
  func blob(_ method: String, _ repository: String, _ digest: String) -> LoopbackReply {
    calls.append("\(method) blob")
    guard let blob = repositories[repository]?.blobs[digest] else {
      return method == "HEAD" ? .answer(404) : Self.refuse(404, "BLOB_UNKNOWN")
    }
    let headers = [("docker-content-digest", digest)]
    return method == "HEAD"
      ? .answer(200, headers: headers + [("content-length", "\(blob.count)")])
      : .answer(200, headers: headers, body: ByteBuffer(bytes: blob))
  }

  func manifest(_ method: String, _ repository: String, _ name: String, _ body: [UInt8]) -> LoopbackReply {
    calls.append("\(method) manifest")
    if method == "DELETE" {
      guard repositories[repository]?.tags.removeValue(forKey: name) != nil else {
        return Self.refuse(404, "MANIFEST_UNKNOWN")
      }
      moves["\(repository):\(name)", default: 0] += 1
      return .answer(202)
    }
    guard method == "PUT" else {
      guard let held = repositories[repository] else { return Self.refuse(404, "NAME_UNKNOWN") }
      guard let bytes = held.manifests[held.tags[name] ?? name] else { return Self.refuse(404, "MANIFEST_UNKNOWN") }
      return .answer(
        200, headers: [("docker-content-digest", Self.digest(bytes)), ("content-type", OCIServer.manifestType)],
        body: ByteBuffer(bytes: bytes))
    }
    guard let manifest = JSON(parsing: String(decoding: body, as: UTF8.self)),
      manifest["mediaType"]?.string == OCIServer.manifestType, manifest["schemaVersion"]?.int == 2,
      let layers = manifest["layers"]?.array, let config = manifest["config"]
    else { return Self.refuse(400, "MANIFEST_INVALID") }
    for blob in layers + [config] {
      guard let digest = blob["digest"]?.string, let held = repositories[repository]?.blobs[digest],
        blob["size"]?.int == Int64(held.count)
      else { return Self.refuse(400, "MANIFEST_BLOB_UNKNOWN") }
    }
    let digest = Self.digest(body)
    repositories[repository]?.manifests[digest] = body
    repositories[repository]?.tags[name] = digest
    moves["\(repository):\(name)", default: 0] += 1
    return .answer(
      201, headers: [("docker-content-digest", digest), ("location", "/v2/\(repository)/manifests/\(digest)")])
  }

  private static let manifestType = "application/vnd.oci.image.manifest.v1+json"
}
