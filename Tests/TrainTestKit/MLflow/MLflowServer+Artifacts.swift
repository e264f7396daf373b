internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// The artifact proxy, and the store behind it.
extension MLflowServer {
  /// - Parameter parts: of the path, from after `mlflow-artifacts`; encoded still.
  func artifacts(_ request: LoopbackRequest, _ parts: [String], _ body: ByteBuffer) -> LoopbackReply {
    // The real one decodes twice.
    let path = parts.dropFirst().joined(separator: "/").percentDecoded.percentDecoded
    switch (request.method, parts[0], parts.count) {
    case ("GET", "artifacts", 1):
      note("GET list")
      return list((request.query["path"] ?? "").percentDecoded)
    case ("GET", "artifacts", _):
      note("GET file")
      guard let bytes = files[path] else { return Self.refusal(404, "RESOURCE_DOES_NOT_EXIST", "No such artifact") }
      return .answer(200, headers: [("etag", "\"\(SampleRelease.md5(of: bytes))\"")], body: ByteBuffer(bytes: bytes))
    case ("PUT", "artifacts", _):
      note("PUT file")
      guard !path.contains("?"), !path.contains("#") else {
        return Self.refusal(400, "INVALID_PARAMETER_VALUE", "Invalid path")
      }
      files[path] = Array(body.readableBytesView)
      received += body.readableBytes
      return .answer(200)
    case ("POST", "mpu", 3...):
      return multipart(parts[1], parts.dropFirst(2).joined(separator: "/").percentDecoded, body)
    default: return Self.refusal(404, "ENDPOINT_NOT_FOUND", "")
    }
  }

  private func list(_ directory: String) -> LoopbackReply {
    var shown: [String: JSON] = [:]
    for (path, bytes) in files where path.hasPrefix(directory + "/") {
      let rest = path.dropFirst(directory.count + 1).split(separator: "/")
      let name = String(rest[0])
      guard rest.count == 1 else {
        shown[name] = ["path": .string(name), "is_dir": true]
        continue
      }
      shown[name] = ["path": .string(name), "is_dir": false]
      if !bytes.isEmpty { shown[name]?["file_size"] = .int(Int64(bytes.count)) }
    }
    return Self.reply(shown.isEmpty ? [:] : ["files": .array(shown.sorted { $0.key < $1.key }.map(\.value))])
  }

  private func multipart(_ verb: String, _ directory: String, _ body: ByteBuffer) -> LoopbackReply {
    note("POST mpu/\(verb)")
    guard offersMultipart else {
      return Self.refusal(
        501, "NOT_IMPLEMENTED", "Multipart upload is not supported for the current artifact repository")
    }
    guard let input = JSON(parsing: body), let name = input["path"]?.string else {
      return Self.refusal(400, "INVALID_PARAMETER_VALUE", "path is required")
    }
    switch verb {
    case "create":
      let count = Int(input["num_parts"]?.int ?? 0)
      uploadCount += 1
      let id = "upload\(uploadCount)"
      uploads[id] = Upload(path: "\(directory)/\(name)", count: count)
      let origin = storeOrigin ?? "http://\(host)"
      return Self.reply([
        "upload_id": .string(id),
        // Out of order: the numbers count.
        "credentials": .array(
          (1...max(1, count)).reversed().map { number in
            [
              "part_number": .int(Int64(number)), "headers": ["x-store": "yes"],
              "url": .string("\(origin)/store/\(id)/\(number)?signature=hunter2"),
            ]
          }),
      ])
    case "complete": return complete(input)
    case "abort":
      // A second time it is an error of the store's, passed on.
      return uploads.removeValue(forKey: input["upload_id"]?.string ?? "") == nil ? Self.internalError : Self.reply([:])
    default: return Self.refusal(404, "ENDPOINT_NOT_FOUND", "")
    }
  }

  private func complete(_ input: JSON) -> LoopbackReply {
    guard let id = input["upload_id"]?.string, let upload = uploads[id], let parts = input["parts"]?.array,
      parts.count == upload.count
    else { return Self.internalError }
    var whole: [UInt8] = []
    for (index, part) in parts.enumerated() {
      guard part["part_number"]?.int == Int64(index + 1), let bytes = upload.parts[index + 1],
        part["etag"]?.string == tag(of: bytes)
      else { return Self.internalError }
      whole += bytes
    }
    files[upload.path] = whole
    uploads[id] = nil
    return Self.reply([:])
  }

  /// `/store/<upload>/<number>`
  func part(_ parts: [String], _ bytes: [UInt8]) -> LoopbackReply {
    guard parts.count == 3, let number = Int(parts[2]), let upload = uploads[parts[1]] else {
      return .answer(404, body: ByteBuffer(string: "<Error><Code>NoSuchUpload</Code></Error>"))
    }
    guard !upload.isExpired else {
      return .answer(
        403, body: ByteBuffer(string: "<Error><Code>AccessDenied</Code><Message>hunter2 has expired</Message></Error>"))
    }
    uploads[parts[1]]?.parts[number] = bytes
    received += bytes.count
    return .answer(200, headers: [("etag", tag(of: bytes))])
  }

  /// As an encrypted bucket's, a part's tag may look like an MD5 and be none of these bytes.
  private func tag(of bytes: [UInt8]) -> String {
    let md5 = SampleRelease.md5(of: bytes)
    return "\"\(areTagsDigests ? md5 : String(md5.reversed()))\""
  }

  private static let internalError = LoopbackReply.answer(
    500, body: ByteBuffer(string: "<!doctype html><title>500 Internal Server Error</title>"))
}
