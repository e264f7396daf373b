/// The calls of S3 that one publication makes, in buckets that forget bytes and keep sizes; path style.
struct BucketSink {
  /// The keys of the bucket whose ETags are MD5s, as a real one's.
  static let hashing = "/digests/"

  private struct Object {
    var bytes: Int
    var headers: [(name: String, value: String)]
    /// Of a small one.
    var body: String
  }

  private var objects: [String: Object] = [:]
  private var open: [String: (object: Object, parts: [Int: Int])] = [:]

  mutating func answer(_ request: SinkRequest) -> SinkAnswer? {
    let key = request.path
    switch request.method {
    case "POST" where request.query.hasPrefix("uploads"):
      open[key] = (Object(bytes: 0, headers: request.kept, body: ""), [:])
      return xml("InitiateMultipartUploadResult", "<UploadId>1</UploadId>")
    case "GET" where request.query.contains("uploads"): return xml("ListMultipartUploadsResult", "")
    case "PUT" where request.query.contains("uploadId="):
      guard let number = request.parameter("partNumber").flatMap({ Int($0) }) else { return nil }
      open[key]?.parts[number] = request.length
      return SinkAnswer("", headers: [("ETag", "\"\(request.md5 ?? "part-\(number)")\"")])
    case "GET" where request.query.contains("uploadId="):
      guard let parts = open[key]?.parts else { return nil }
      let listed = parts.sorted { $0.key < $1.key }.map { number, bytes in
        "<Part><PartNumber>\(number)</PartNumber><Size>\(bytes)</Size><ETag>part-\(number)</ETag></Part>"
      }
      return xml("ListPartsResult", listed.joined())
    case "POST" where request.query.contains("uploadId="):
      guard var made = open.removeValue(forKey: key) else { return nil }
      made.object.bytes = made.parts.values.reduce(0, +)
      objects[key] = made.object
      return xml("CompleteMultipartUploadResult", "<ETag>whole</ETag>")
    case "PUT":
      objects[key] = Object(bytes: request.length, headers: request.kept, body: request.body)
      return SinkAnswer("", headers: [("ETag", #""whole""#)])
    case "HEAD":
      guard let object = objects[key] else { return nil }
      return SinkAnswer("", headers: object.headers + [("ETag", #""whole""#)], length: object.bytes)
    case "GET" where request.query.contains("list-type="):
      return list(key, request.parameter("prefix")?.replacing("%2F", with: "/") ?? "")
    case "GET": return objects[key].map { SinkAnswer($0.body, headers: [("ETag", #""whole""#)]) }
    case "DELETE":
      objects[key] = nil
      return SinkAnswer("", status: "204 No Content")
    default: return nil
    }
  }

  /// Everything whose key begins so, as if it all lay in one folder.
  private func list(_ bucket: String, _ prefix: String) -> SinkAnswer {
    let listed = objects.compactMap { path, object -> String? in
      let key = path.dropFirst(bucket.count + (bucket.hasSuffix("/") ? 0 : 1))
      guard path.hasPrefix(bucket), key.hasPrefix(prefix) else { return nil }
      return "<Contents><Key>\(key)</Key><Size>\(object.bytes)</Size><ETag>whole</ETag></Contents>"
    }
    return xml("ListBucketResult", "<IsTruncated>false</IsTruncated>\(listed.joined())")
  }

  private func xml(_ name: String, _ content: String) -> SinkAnswer {
    SinkAnswer(
      #"<?xml version="1.0" encoding="UTF-8"?><\#(name)>\#(content)</\#(name)>"#,
      headers: [("Content-Type", "application/xml")])
  }
}
