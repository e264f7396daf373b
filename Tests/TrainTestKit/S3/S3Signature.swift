internal import Crypto
internal import NIOHTTP1
internal import TrainCore

/// Checks a request's signature (version 4, in headers) the way a strict server does. Made from the specification, not
/// from what traind signs with.
struct S3Signature {
  struct Refusal: Error {
    var status: Int
    var code: String
  }

  let key: String
  let secret: String
  let token: String?
  let region: String
  let now: Timestamp

  func check(_ request: LoopbackRequest, _ body: [UInt8]) throws(Refusal) {
    guard let header = request.header("authorization"), header.hasPrefix("AWS4-HMAC-SHA256 ") else {
      throw Refusal(status: 403, code: "AccessDenied")
    }
    var fields: [String: String] = [:]
    for field in header.dropFirst(17).split(separator: ",") {
      let halves = field.split(separator: "=", maxSplits: 1).map(String.init)
      guard halves.count == 2 else { throw Refusal(status: 400, code: "AuthorizationHeaderMalformed") }
      fields[halves[0].filter { $0 != " " }] = halves[1]
    }
    guard let credential = fields["Credential"]?.split(separator: "/").map(String.init), credential.count == 5,
      let signed = fields["SignedHeaders"], let signature = fields["Signature"],
      let date = request.header("x-amz-date"), date.hasPrefix(credential[1]), credential[3] == "s3",
      credential[4] == "aws4_request"
    else { throw Refusal(status: 400, code: "AuthorizationHeaderMalformed") }
    guard credential[0] == key else { throw Refusal(status: 403, code: "InvalidAccessKeyId") }
    guard credential[2] == region else { throw Refusal(status: 400, code: "AuthorizationHeaderMalformed") }
    guard request.header("x-amz-security-token") == token else { throw Refusal(status: 403, code: "InvalidToken") }
    guard let sent = Self.timestamp(date), abs((sent - now).components.seconds) <= 900 else {
      throw Refusal(status: 403, code: "RequestTimeTooSkewed")
    }
    let names = signed.split(separator: ";").map(String.init)
    let mustBeSigned = request.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("x-amz-") } + ["host"]
    guard names == names.sorted(), mustBeSigned.allSatisfy(names.contains) else {
      throw Refusal(status: 403, code: "AccessDenied")
    }
    let payload = request.header("x-amz-content-sha256") ?? ""
    let query = request.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    let lines = names.map { name in "\(name):\(request.headers[canonicalForm: name].joined(separator: ","))\n" }
    let canonical =
      "\(request.method)\n\(request.path)\n\(query)\n\(lines.joined())\n\(signed)\n\(payload)"
    let scope = credential.dropFirst().joined(separator: "/")
    let toSign = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Self.sha256(Array(canonical.utf8)))"
    var key = Array("AWS4\(secret)".utf8)
    for step in [credential[1], region, "s3", "aws4_request", toSign] {
      key = Array(HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: SymmetricKey(data: key)))
    }
    guard Self.hex(key) == signature else { throw Refusal(status: 403, code: "SignatureDoesNotMatch") }
    guard payload == Self.sha256(body) else { throw Refusal(status: 400, code: "XAmzContentSHA256Mismatch") }
  }

  static func sha256(_ bytes: [UInt8]) -> String { hex(SHA256.hash(data: bytes)) }

  private static func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// `20130524T000000Z`
  private static func timestamp(_ text: String) -> Timestamp? {
    guard text.utf8.count == 16 else { return nil }
    let c = text.map(String.init)
    func piece(_ range: Range<Int>) -> String { c[range].joined() }
    return Timestamp(
      iso8601: "\(piece(0..<4))-\(piece(4..<6))-\(piece(6..<8))T\(piece(9..<11)):\(piece(11..<13)):\(piece(13..<15))Z")
  }
}
