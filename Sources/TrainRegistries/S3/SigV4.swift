internal import Crypto
internal import TrainCore
internal import TrainTransport

/// A request as AWS's signature version 4 sees it. S3's flavour: the path is encoded once and never normalised.
///
/// Source: "Create a signed AWS API request" in AWS's IAM guide, "Signature calculations for the Authorization header"
/// in the S3 API reference.
struct SigV4: Sendable {
  var method: String
  /// Percent-encoded, beginning with a slash.
  var path: String
  /// Not encoded.
  var query: [(name: String, value: String)] = []
  /// The headers to be signed, names in lower case. Must hold `host`.
  var headers: [(name: String, value: String)]
  /// sha256 of the body, hex, or a word in its place.
  var payload: String
  /// As `20130524T000000Z`.
  var date: String
  var region: String
  var service = "s3"

  static let algorithm = "AWS4-HMAC-SHA256"
  static let emptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  /// Hex, lower case.
  static func sha256(_ text: String) -> String { SHA256.hash(data: Array(text.utf8)).hex }

  /// The query as it is signed, and must be sent.
  static func encoded(_ query: [(name: String, value: String)]) -> String {
    query.map { ($0.name.percentEncoded(), $0.value.percentEncoded()) }
      .sorted {
        $0.0 == $1.0 ? $0.1.utf8.lexicographicallyPrecedes($1.1.utf8) : $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
      }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  var canonicalRequest: String {
    let lines = sorted.map { "\($0.name):\($0.value)\n" }.joined()
    return "\(method)\n\(path)\n\(Self.encoded(query))\n\(lines)\n\(signedHeaders)\n\(payload)"
  }

  var stringToSign: String {
    "\(Self.algorithm)\n\(date)\n\(scope)\n\(Self.sha256(canonicalRequest))"
  }

  func signature(with secret: Secret) -> String {
    var key = SymmetricKey(data: Array("AWS4\(secret.reveal())".utf8))
    for step in [String(date.prefix(8)), region, service, "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Array(step.utf8), using: key))
    }
    return Array(HMAC<SHA256>.authenticationCode(for: Array(stringToSign.utf8), using: key)).hex
  }

  /// The value of the `Authorization` header.
  func authorization(accessKey: Secret, secretKey: Secret) -> Secret {
    Secret(
      "\(Self.algorithm) Credential=\(accessKey.reveal())/\(scope),SignedHeaders=\(signedHeaders),"
        + "Signature=\(signature(with: secretKey))")
  }

  private var scope: String { "\(date.prefix(8))/\(region)/\(service)/aws4_request" }

  private var signedHeaders: String { sorted.map(\.name).joined(separator: ";") }

  /// Sorted by name, values trimmed and each run of spaces made one.
  private var sorted: [(name: String, value: String)] {
    headers.map { ($0.name, $0.value.split(separator: " ").joined(separator: " ")) }
      .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
  }
}
