internal import NIOCore
internal import TrainCore

extension TrueFoundryServer {
  func repositories(_ request: LoopbackRequest) -> LoopbackReply {
    let isAsked = request.query["name"].map { $0 == Self.repository } ?? true
    let repository: JSON = ["id": "7", "manifest": ["type": "ml-repo", "name": .string(Self.repository)]]
    return Self.reply(
      200,
      ["data": isAsked ? [repository] : [], "pagination": ["total": isAsked ? 1 : 0, "offset": 0, "limit": 100]])
  }

  func list(_ request: LoopbackRequest) -> LoopbackReply {
    let found = committed.reversed().filter { version in
      (request.query["name"].map { .string($0) == version["manifest"]?["name"] } ?? true)
        && (request.query["tag"].map { version["tags"]?.array?.contains(.string($0)) == true } ?? true)
    }
    let offset = request.query["offset"].flatMap(Int.init) ?? 0
    let limit = request.query["limit"].flatMap(Int.init) ?? 100
    let page = found.dropFirst(offset).prefix(limit)
    return Self.reply(
      200,
      [
        "data": .array(Array(page)),
        "pagination": ["total": .int(Int64(found.count)), "offset": .int(Int64(offset)), "limit": .int(Int64(limit))],
      ])
  }

  /// One model for each name that has versions.
  func models(_ request: LoopbackRequest) -> LoopbackReply {
    let names = Set(committed.compactMap { $0["manifest"]?["name"]?.string }).sorted()
    let offset = request.query["offset"].flatMap(Int.init) ?? 0
    let limit = request.query["limit"].flatMap(Int.init) ?? 100
    let page = names.dropFirst(offset).prefix(limit).map(model(named:))
    return Self.reply(
      200,
      [
        "data": .array(page),
        "pagination": ["total": .int(Int64(names.count)), "offset": .int(Int64(offset)), "limit": .int(Int64(limit))],
      ])
  }

  func model(_ id: String) -> LoopbackReply {
    let name = String(id.dropFirst(2))
    guard committed.contains(where: { $0["manifest"]?["name"]?.string == name }) else {
      return Self.reply(404, ["statusCode": 404, "message": .string("no model \(id)")])
    }
    return Self.reply(200, ["data": model(named: name)])
  }

  /// With a member and words of an API to come.
  private func model(named name: String) -> JSON {
    [
      "id": .string("m-\(name)"), "ml_repo_id": "7", "name": .string(name), "type": "model",
      "fqn": .string("model:acme/\(Self.repository)/\(name)"), "created_at": "2026-11-21T00:00:00Z",
      "updated_at": "2026-11-21T00:00:00Z", "run_steps": [.double(3)],
      "created_by_subject": ["subjectId": "u-1", "subjectType": "agent-of-the-future"],
      "latest_version": committed.last { $0["manifest"]?["name"]?.string == name } ?? .null,
      "lineage": ["of": ["the": "future"]],
    ]
  }

  func show(_ id: String) -> LoopbackReply {
    guard let version = versions[id]?.committed else {
      return Self.reply(404, ["statusCode": 404, "message": .string("no version \(id)")])
    }
    return Self.reply(200, ["data": version])
  }

  /// A tag is one version's of a model at a time.
  func tag(_ json: JSON) -> LoopbackReply {
    guard let id = json["model_version_id"]?.string, let version = versions[id]?.committed,
      let tags = json["tags"]?.array
    else { return Self.reply(404, ["statusCode": 404, "message": "no such version"]) }
    let others = order.filter { $0 != id && versions[$0]?.committed?["model_id"] == version["model_id"] }
    for other in others {
      let held = versions[other]?.committed?["tags"]?.array ?? []
      guard held.contains(where: tags.contains) else { continue }
      guard json["force"]?.bool == true else { return Self.reply(409, ["statusCode": 409, "message": "in use"]) }
      versions[other]?.committed?["tags"] = .array(held.filter { !tags.contains($0) })
    }
    let before = joinsTags ? version["tags"]?.array ?? [] : []
    versions[id]?.committed?["tags"] = .array(before.filter { !tags.contains($0) } + tags)
    return Self.reply(200, .empty)
  }

  func commit(_ manifest: JSON) -> LoopbackReply {
    guard manifest["metadata"]?.object != nil, manifest["name"]?.string != nil else {
      return Self.reply(
        422, ["detail": [["loc": ["body", "manifest"], "msg": "field required", "type": "value_error"]]])
    }
    guard let root = manifest["source"]?["uri"]?.string, let id = versions.first(where: { $0.value.root == root })?.key
    else { return Self.reply(404, ["statusCode": 404, "message": "Invalid source URI"]) }
    if versions[id]?.isFailed == true { return Self.reply(400, ["statusCode": 400, "message": "marked as failed"]) }
    if let alias = manifest["version_alias"]?.string,
      committed.contains(where: { $0["manifest"]?["version_alias"]?.string == alias && $0["id"]?.string != id })
    {
      return Self.reply(409, ["statusCode": 409, "message": .string("version_alias \(alias) is in use")])
    }
    return Self.reply(200, ["data": commit(id, manifest)])
  }

  func staging(_ words: [String], _ json: JSON) -> LoopbackReply {
    if words == ["stage"] {
      guard json["manifest"]?["ml_repo"]?.string == Self.repository else {
        return Self.reply(404, ["statusCode": 404, "message": "no such ML repo"])
      }
      let id = newID()
      let root = "s3://bucket/mlfoundry/\(id)"
      versions[id] = Version(staged: json["manifest"] ?? .null, root: root)
      return Self.reply(200, ["id": .string(id), "storage_root": .string(root), "artifact_id": "a-1"])
    }
    guard let id = json["id"]?.string, let version = versions[id] else {
      return Self.reply(404, ["statusCode": 404, "message": "no staged version of that id"])
    }
    switch words {
    case ["mark-stage-failure"]:
      markedFailed.append(id)
      versions[id]?.isFailed = true
      return Self.reply(200, .empty)
    case ["files"]: return files(of: id, json)
    case ["signed-urls"] where version.committed == nil:
      let urls = (json["paths"]?.array ?? []).compactMap(\.string).map { path -> JSON in
        [
          "path": .string(path),
          "signed_url": .string(address.sign("\(id)/\(path)", azure, scope: "PUT \(id)/\(path)", age: age)),
        ]
      }
      return Self.reply(200, ["data": .array(urls)])
    case ["signed-urls", "multipart"] where version.committed == nil: return multipart(id, json)
    default: return Self.reply(400, ["statusCode": 400, "message": "the version is committed"])
    }
  }

  /// The vendor's client tells Azure by the address.
  private var azure: String { store == .azure ? "for=acct.blob.core.windows.net&" : "" }

  private func multipart(_ id: String, _ json: JSON) -> LoopbackReply {
    guard let path = json["path"]?.string, let count = json["num_parts"]?.int, count > 0 else {
      return Self.reply(422, ["detail": "num_parts"])
    }
    let upload = "up\(multiparts.count)"
    let key = "\(id)/\(path)"
    multiparts[upload] = Multipart(key: key, count: Int(count))
    let parts = (1...Int(count)).map { number -> JSON in
      let url = address.sign(
        key, "\(azure)uploadId=\(upload)&partNumber=\(number)&", scope: "PUT \(key) \(upload) \(number)", age: age)
      return ["path": .string(path), "signed_url": .string(url)]
    }
    let finish = address.sign(key, "uploadId=\(upload)&", scope: "finish \(key) \(upload)", age: age)
    let blocks = (1...Int(count)).map { JSON.string("block-\($0)") }
    return Self.reply(
      200,
      [
        "data": [
          "storage_provider": store == .azure ? "AZURE_BLOB" : "S3_COMPATIBLE", "part_signed_urls": .array(parts),
          "finalize_signed_url": ["path": .string(path), "signed_url": .string(finish)],
          "s3_compatible_upload_id": store == .azure ? .null : .string(upload),
          "azure_blob_block_ids": store == .azure ? .array(blocks) : .null,
        ]
      ])
  }

  /// One directory at a time, two entries a page.
  private func files(of id: String, _ json: JSON) -> LoopbackReply {
    let directory = json["path"]?.string.map { "\($0)/" } ?? ""
    var entries: [String: JSON] = [:]
    for (path, bytes) in files(of: id) where path.hasPrefix(directory) {
      let rest = path.dropFirst(directory.count)
      if let slash = rest.firstIndex(of: "/") {
        let name = directory + rest[..<slash]
        entries[name] = ["path": .string(name), "is_dir": true, "file_size": nil]
      } else {
        entries[path] = ["path": .string(path), "is_dir": false, "file_size": .double(Double(bytes.count))]
      }
    }
    let sorted = entries.sorted { $0.key < $1.key }.map(\.value)
    let start = json["pageToken"]?.string.flatMap(Int.init) ?? 0
    let next = start + 2 < sorted.count ? JSON.string("\(start + 2)") : .null
    return Self.reply(
      200,
      ["data": .array(Array(sorted.dropFirst(start).prefix(2))), "pagination": ["limit": 2, "nextPageToken": next]])
  }
}
