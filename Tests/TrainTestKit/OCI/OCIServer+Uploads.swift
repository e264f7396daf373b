internal import NIOCore
internal import NIOHTTP1
internal import TrainCore

/// Blobs on their way.
extension OCIServer {
  func begin(_ request: LoopbackRequest, _ repository: String) -> LoopbackReply {
    calls.append("\(request.method) uploads")
    guard request.method == "POST" else { return Self.refuse(405, "UNSUPPORTED") }
    if let digest = request.query["mount"]?.percentDecoded, let from = request.query["from"]?.percentDecoded,
      let blob = repositories[from]?.blobs[digest]
    {
      repositories[repository, default: Repository()].blobs[digest] = blob
      return .answer(
        201, headers: [("location", "/v2/\(repository)/blobs/\(digest)"), ("docker-content-digest", digest)])
    }
    begun += 1
    uploads["up-\(begun)"] = Upload(repository: repository)
    return .answer(202, headers: place("up-\(begun)"))
  }

  func upload(
    _ request: LoopbackRequest, _ repository: String, _ id: String, _ body: [UInt8]
  ) -> LoopbackReply {
    calls.append("\(request.method) upload")
    guard var upload = uploads[id], upload.repository == repository else {
      return Self.refuse(404, "BLOB_UPLOAD_UNKNOWN")
    }
    let knowsPlace = forgivesPlaces || request.query["_state"] == "\(upload.bytes.count)"
    if request.method == "DELETE" {
      // As the distribution project's third version has it.
      guard knowsPlace else { return Self.refuse(416, "RANGE_INVALID") }
      uploads[id] = nil
      return .answer(204)
    }
    guard knowsPlace else {
      return Self.refuse(404, "BLOB_UPLOAD_INVALID")
    }
    switch request.method {
    case "GET": return .answer(204, headers: place(id))
    case "PATCH":
      let range = (request.header("content-range") ?? "").split(separator: "-").compactMap { Int($0) }
      guard range.count == 2, range[0] == upload.bytes.count, range[1] + 1 == range[0] + body.count else {
        return Self.refuse(416, "RANGE_INVALID", headers: place(id))
      }
      upload.bytes += body
      received += body.count
      uploads[id] = upload
      return .answer(202, headers: place(id))
    case "PUT":
      let bytes = upload.bytes + body
      let digest = request.query["digest"]?.percentDecoded ?? ""
      guard Self.digest(bytes) == digest else { return Self.refuse(400, "DIGEST_INVALID") }
      received += body.count
      uploads[id] = nil
      repositories[repository, default: Repository()].blobs[digest] = bytes
      return .answer(
        201, headers: [("location", "/v2/\(repository)/blobs/\(digest)"), ("docker-content-digest", digest)])
    default: return Self.refuse(405, "UNSUPPORTED")
    }
  }

  /// `0-0` stands for nothing as well as for one byte, as the distribution project's has it.
  private func place(_ id: String) -> [(String, String)] {
    let upload = uploads[id] ?? Upload(repository: "")
    let path = "/v2/\(upload.repository)/blobs/uploads/\(id)" + (forgivesPlaces ? "" : "?_state=\(upload.bytes.count)")
    return [
      // Behind a proxy it would not know its own scheme and port.
      ("location", (storeOrigin ?? (saysAbsolutePlaces ? "http://127.0.0.1:1" : "")) + path),
      ("range", "0-\(max(0, upload.bytes.count - 1))"),
    ]
  }
}
