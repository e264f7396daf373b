internal import NIOCore

/// Objects in parts.
extension S3Server {
  func create(_ key: String, _ request: LoopbackRequest) -> LoopbackReply {
    begun += 1
    // Characters that must be encoded in a query.
    let id = "2~up+\(begun)/=&"
    uploads[id] = Upload(key: key, headers: Self.kept(request))
    return Self.xml(
      200,
      "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Bucket>\(bucket)</Bucket>"
        + "<Key>\(key)</Key><UploadId>\(Self.escaped(id))</UploadId></InitiateMultipartUploadResult>")
  }

  func part(_ key: String, _ id: String, _ request: LoopbackRequest, _ body: [UInt8]) -> LoopbackReply {
    guard uploads[id]?.key == key else { return Self.refuse(404, "NoSuchUpload") }
    guard let number = request.query["partNumber"].flatMap({ Int($0) }), (1...10_000).contains(number) else {
      return Self.refuse(400, "InvalidArgument")
    }
    let etag = SampleRelease.md5(of: body)
    uploads[id]?.parts[number] = (body, etag)
    received += body.count
    return .answer(200, headers: [("ETag", "\"\(etag)\"")])
  }

  func listParts(_ id: String, _ request: LoopbackRequest) -> LoopbackReply {
    guard let upload = uploads[id] else { return Self.refuse(404, "NoSuchUpload") }
    let marker = request.query["part-number-marker"].flatMap { Int($0) } ?? 0
    let all = upload.parts.filter { $0.key > marker }.sorted { $0.key < $1.key }
    let page = all.prefix(pageSize)
    let shown = page.map { number, part in
      "<Part><PartNumber>\(number)</PartNumber><ETag>&quot;\(part.etag)&quot;</ETag><Size>\(part.bytes.count)</Size></Part>"
    }
    return Self.xml(
      200,
      "<ListPartsResult><UploadId>\(Self.escaped(id))</UploadId>"
        + "<NextPartNumberMarker>\(page.last?.key ?? 0)</NextPartNumberMarker>"
        + "<IsTruncated>\(all.count > page.count)</IsTruncated>\(shown.joined())</ListPartsResult>")
  }

  func listUploads(_ request: LoopbackRequest) -> LoopbackReply {
    guard !hidesUploads else { return Self.refuse(403, "AccessDenied") }
    let prefix = request.query["prefix"]?.percentDecoded ?? ""
    let marker = (
      request.query["key-marker"]?.percentDecoded ?? "",
      request.query["upload-id-marker"]?.percentDecoded ?? ""
    )
    let all = uploads.map { ($0.value.key, $0.key) }.filter { $0.0.hasPrefix(prefix) }.sorted { $0 < $1 }
      .filter { $0 > marker }
    let page = all.prefix(pageSize)
    let shown = page.map { "<Upload><Key>\($0.0)</Key><UploadId>\(Self.escaped($0.1))</UploadId></Upload>" }
    let last = page.last ?? ("", "")
    return Self.xml(
      200,
      "<ListMultipartUploadsResult><NextKeyMarker>\(last.0)</NextKeyMarker>"
        + "<NextUploadIdMarker>\(Self.escaped(last.1))</NextUploadIdMarker>"
        + "<IsTruncated>\(all.count > page.count)</IsTruncated>\(shown.joined())</ListMultipartUploadsResult>")
  }

  func complete(_ key: String, _ id: String, _ body: [UInt8]) -> LoopbackReply {
    guard let upload = uploads[id], upload.key == key else { return Self.refuse(404, "NoSuchUpload") }
    if brokenCompletions > 0 {
      brokenCompletions -= 1
      return Self.xml(200, "<Error><Code>InternalError</Code><Message>try again</Message></Error>")
    }
    let named = String(decoding: body, as: UTF8.self).split(separator: "<Part>").dropFirst().map { part in
      (Int(Self.between("<PartNumber>", part)) ?? 0, Self.between("<ETag>", part).filter { $0 != "\"" })
    }
    let there = upload.parts.sorted { $0.key < $1.key }
    guard named.map(\.0) == named.map(\.0).sorted() else { return Self.refuse(400, "InvalidPartOrder") }
    guard named.map(\.0) == there.map(\.key), zip(named, there).allSatisfy({ $0.1 == $1.value.etag }) else {
      return Self.refuse(400, "InvalidPart")
    }
    guard there.dropLast().allSatisfy({ $0.value.bytes.count >= smallestPart }) else {
      return Self.refuse(400, "EntityTooSmall")
    }
    let digests = there.flatMap { Self.bytes(ofHex: $0.value.etag) }
    let etag = "\(SampleRelease.md5(of: digests))-\(there.count)"
    objects[key] = Object(bytes: there.flatMap(\.value.bytes), etag: etag, headers: upload.headers)
    uploads[id] = nil
    return Self.xml(
      200, "<CompleteMultipartUploadResult><Key>\(key)</Key><ETag>\(etag)</ETag></CompleteMultipartUploadResult>")
  }

  func abort(_ id: String) -> LoopbackReply {
    uploads.removeValue(forKey: id) == nil ? Self.refuse(404, "NoSuchUpload") : .answer(204)
  }

  private static func escaped(_ text: String) -> String {
    text.split(separator: "&", omittingEmptySubsequences: false).joined(separator: "&amp;")
  }

  private static func between(_ tag: String, _ text: some StringProtocol) -> String {
    let rest = String(text).split(separator: tag, omittingEmptySubsequences: false).dropFirst().first ?? ""
    return String(rest.prefix { $0 != "<" })
  }

  private static func bytes(ofHex text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}
