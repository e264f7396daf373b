internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// What an object store said, its errors taken out of their XML. Nothing else of a body may be shown: stores quote
/// signatures in it.
struct StoreResponse: Sendable {
  let response: HTTPResponse
  private let body: String

  init(_ response: HTTPResponse) {
    self.response = response
    body = String(decoding: response.body.readableBytesView.prefix(16 * 1024), as: UTF8.self)
  }

  var status: Int { response.status }
  var code: String? { element("Code") }
  /// Also some with status 200 are errors.
  var isError: Bool { !response.isSuccess || body.contains("<Error>") }

  func holds(_ text: String) -> Bool { body.contains(text) }

  /// Whether the address, or the credentials behind it, have come to their end.
  var isExpiry: Bool {
    guard status == 403 || status == 400 || status == 401 else { return false }
    let said = body.lowercased()
    return said.contains("expired") || said.contains("specified time frame")
  }

  /// The ETag as it came.
  var etag: String { response.headers.first(name: "etag") ?? "" }

  /// The MD5 that the store says it took, hex, lower case; `nil` where it says none. An ETag need not be one.
  var md5: String? {
    if let told = response.headers.first(name: "content-md5"), let bytes = Data(base64Encoded: told), bytes.count == 16
    {
      return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
    let plain = ETag.unquoted(etag).lowercased()
    return plain.utf8.count == 32 && plain.allSatisfy(\.isHexDigit) ? plain : nil
  }

  /// - Parameter what: what could not be done.
  func fault(_ what: String) -> Fault {
    let said = [element("Code"), element("Message")].compactMap { $0 }.joined(separator: ": ")
    var fault = Fault.ofStatus(
      response.head, "could not \(what): the object store answered", excerpt: String(said.prefix(300)))
    switch (status, code) {
    case (200..<300, .some), (400, "RequestTimeout"), (400, "BadDigest"), (409, "OperationAborted"):
      fault = .transient(.unavailable, fault.message)
    case (401, _), (403, _):
      fault.hint = "the store refuses an address that TrueFoundry signed: look at the ML repo's storage integration"
    default: break
    }
    return fault
  }

  private func element(_ name: String) -> String? {
    guard let start = body.firstRange(of: "<\(name)>"),
      let end = body[start.upperBound...].firstRange(of: "</\(name)>")
    else { return nil }
    return String(body[start.upperBound..<end.lowerBound])
  }
}
