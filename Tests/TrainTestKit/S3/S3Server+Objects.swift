internal import NIOCore
internal import NIOHTTP1

/// Whole objects.
extension S3Server {
  func put(_ key: String, _ request: LoopbackRequest, _ body: [UInt8]) -> LoopbackReply {
    if request.header("if-none-match") == "*" {
      switch condition {
      case .kept: if objects[key] != nil { return Self.refuse(412, "PreconditionFailed") }
      case .ignored: break
      case .notImplemented: return Self.refuse(501, "NotImplemented")
      }
    }
    if let named = request.header("if-match") {
      guard condition != .notImplemented else { return Self.refuse(501, "NotImplemented") }
      guard let held = objects[key] else { return Self.refuse(404, "NoSuchKey") }
      let wanted = comparesBareETags ? held.etag : "\"\(held.etag)\""
      if condition == .kept, named != wanted { return Self.refuse(412, "PreconditionFailed") }
    }
    let etag = SampleRelease.md5(of: body)
    objects[key] = Object(bytes: body, etag: etag, headers: Self.kept(request))
    writes[key, default: 0] += 1
    received += body.count
    return .answer(200, headers: [("ETag", "\"\(etag)\"")])
  }

  func get(_ key: String) -> LoopbackReply {
    guard let object = objects[key] else { return Self.refuse(404, "NoSuchKey") }
    return .answer(200, headers: Self.shown(object), body: ByteBuffer(bytes: object.bytes))
  }

  func head(_ key: String) -> LoopbackReply {
    guard let object = objects[key] else { return .answer(404) }
    return .answer(200, headers: Self.shown(object) + [("content-length", "\(object.bytes.count)")])
  }

  private static func shown(_ object: Object) -> [(String, String)] {
    [("ETag", "\"\(object.etag)\"")] + object.headers.map { ($0.key, $0.value) }
  }
}
