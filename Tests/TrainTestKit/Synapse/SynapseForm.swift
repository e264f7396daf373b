/// A multipart form, read by the rules that Django reads it by.
struct SynapseForm {
  var filename: String?
  var file: [UInt8]?

  init?(_ body: [UInt8], contentType: String?) {
    guard let contentType, contentType.hasPrefix("multipart/form-data"),
      let mark = contentType.range(of: "boundary=")
    else { return nil }
    let boundary = Array("--\(contentType[mark.upperBound...])".utf8)
    var position = 0
    guard body.starts(with: boundary) else { return nil }
    position = boundary.count
    while position + 2 <= body.count, body[position] == 13, body[position + 1] == 10 {
      position += 2
      guard let headEnd = Self.find([13, 10, 13, 10], in: body, from: position) else { return nil }
      let head = String(decoding: body[position..<headEnd], as: UTF8.self)
      let start = headEnd + 4
      guard let end = Self.find([13, 10] + boundary, in: body, from: start) else { return nil }
      if head.contains("name=\"filename\"") { filename = String(decoding: body[start..<end], as: UTF8.self) }
      if head.contains("name=\"file\"; filename=") { file = Array(body[start..<end]) }
      position = end + 2 + boundary.count
    }
    guard Array(body[position...]) == Array("--\r\n".utf8) else { return nil }
  }

  private static func find(_ needle: [UInt8], in body: [UInt8], from: Int) -> Int? {
    body.withUnsafeBufferPointer { body in
      var index = from
      while index + needle.count <= body.count {
        if body[index] == needle[0], body[index + 1] == needle[1],
          (0..<needle.count).allSatisfy({ body[index + $0] == needle[$0] })
        {
          return index
        }
        index += 1
      }
      return nil
    }
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
