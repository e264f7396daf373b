/// The calls of S3 that one publication makes, in a bucket that forgets bytes and keeps sizes; path style.
struct BucketSink {
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
      return SinkAnswer("", headers: [("ETag", #""part-\#(number)""#)])
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
    case "GET": return objects[key].map { SinkAnswer($0.body, headers: [("ETag", #""whole""#)]) }
    case "DELETE":
      objects[key] = nil
      return SinkAnswer("", status: "204 No Content")
    default: return nil
    }
  }

  private func xml(_ name: String, _ content: String) -> SinkAnswer {
    SinkAnswer(
      #"<?xml version="1.0" encoding="UTF-8"?><\#(name)>\#(content)</\#(name)>"#,
      headers: [("Content-Type", "application/xml")])
  }
}
