internal import FoundationEssentials
internal import NIOCore
internal import TrainCore

extension TrueFoundryServer {
  func respondAsStore(to request: LoopbackRequest) async throws -> LoopbackReply {
    let key = String(request.path.dropFirst("/store/".count))
    let body = Array(try await request.read().readableBytesView)
    for header in ["authorization", "x-amz-content-sha256", "transfer-encoding"] where request.header(header) != nil {
      strangers.append(header)
    }
    let upload = request.query["uploadId"]
    let number = request.query["partNumber"].flatMap(Int.init)
    let isFinish = upload != nil && number == nil
    let scope =
      isFinish ? "finish \(key) \(upload ?? "")" : "PUT \(key)" + (number.map { " \(upload ?? "") \($0)" } ?? "")
    guard request.query["X-Amz-Signature"] == TrueFoundryAddresses.signature(scope, age) else {
      let isOld = (0..<age).contains { request.query["X-Amz-Signature"] == TrueFoundryAddresses.signature(scope, $0) }
      return Self.error(
        403, isOld ? "AccessDenied" : "SignatureDoesNotMatch",
        isOld ? "Request has expired" : "of \(request.query["X-Amz-Signature"] ?? "none")")
    }
    if let told = request.header("content-md5") {
      announced += 1
      guard Data(base64Encoded: told).map({ SampleRelease.hex($0) }) == SampleRelease.md5(of: body) else {
        return Self.error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
      }
    }
    guard let upload else { return whole(key, request, body) }
    guard let multipart = multiparts[upload], multipart.key == key else {
      return Self.error(404, "NoSuchUpload", "The specified upload does not exist.")
    }
    guard let number else { return finish(upload, request, body) }
    received.append("\(key.split(separator: "/").dropFirst().joined(separator: "/"))#\(number)")
    multiparts[upload]?.parts[number] = body
    bytesReceived += body.count
    return .answer(store == .azure ? 201 : 200, headers: etag(of: body))
  }

  private func whole(_ key: String, _ request: LoopbackRequest, _ body: [UInt8]) -> LoopbackReply {
    if store == .azure, request.header("x-ms-blob-type") != "BlockBlob" {
      return Self.error(400, "MissingRequiredHeader", "x-ms-blob-type")
    }
    received.append(key.split(separator: "/").dropFirst().joined(separator: "/"))
    objects[key] = body
    bytesReceived += body.count
    return .answer(store == .azure ? 201 : 200, headers: etag(of: body))
  }

  private func etag(of body: [UInt8]) -> [(String, String)] {
    switch store {
    case .s3: [("ETag", "\"\(SampleRelease.md5(of: body))\"")]
    case .encrypted: [("ETag", "\"\(SampleRelease.md5(of: body + [1]))\"")]
    case .azure: [("ETag", "0x8DCF")]
    }
  }

  private func finish(_ upload: String, _ request: LoopbackRequest, _ body: [UInt8]) -> LoopbackReply {
    if falseCompletions > 0 {
      falseCompletions -= 1
      return .answer(200, body: ByteBuffer(string: Self.xml("InternalError", "Please try again.")))
    }
    guard let multipart = multiparts[upload] else { return Self.error(404, "NoSuchUpload", "gone") }
    let text = String(decoding: body, as: UTF8.self)
    if !multipart.isDone {
      var whole: [UInt8] = []
      for number in 1...multipart.count {
        guard let part = multipart.parts[number] else { return Self.error(400, "InvalidPart", "no part \(number)") }
        let isNamed =
          store == .azure
          ? text.contains("<Uncommitted>block-\(number)</Uncommitted>")
          : text.contains("<PartNumber>\(number)</PartNumber><ETag>\(etag(of: part)[0].1)</ETag>")
        guard isNamed else { return Self.error(400, "InvalidPart", "part \(number) is another") }
        whole += part
      }
      objects[multipart.key] = whole
      multiparts[upload]?.isDone = true
      multiparts[upload]?.parts = [:]
    }
    return .answer(
      store == .azure ? 201 : 200,
      body: ByteBuffer(
        string: store == .azure ? "" : "<CompleteMultipartUploadResult><Key>k</Key></CompleteMultipartUploadResult>"))
  }

  private static func error(_ status: Int, _ code: String, _ message: String) -> LoopbackReply {
    .answer(status, headers: [("content-type", "application/xml")], body: ByteBuffer(string: xml(code, message)))
  }

  private static func xml(_ code: String, _ message: String) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
  }
}
