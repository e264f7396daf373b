internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// Signed calls to one bucket, and a second try with the keys' files read anew after a refusal.
///
/// The payload's sha256 is always part of the signature: the far side compares it with what arrived, so no byte can
/// change on the way, over TLS or not, and no other checksum is needed. (AWS, Ceph and MinIO refuse with
/// `XAmzContentSHA256Mismatch`.)
struct S3Client: Sendable {
  typealias Query = [(name: String, value: String)]

  let location: S3Location
  let region: String
  let accessKey: RenewableSecret
  let secretKey: RenewableSecret
  let sessionToken: RenewableSecret?
  let transport: HTTPTransport
  let time: any TimeSource

  /// Any status. A refusal of the keys is answered with those that their files hold now, once.
  /// - Parameters:
  ///   - key: the object; empty = the bucket.
  ///   - headers: all of them are signed.
  ///   - sha256: of the body, hex.
  func call(
    _ point: CrashPoint, _ method: HTTPMethod, _ key: String, _ purpose: String, query: Query = [],
    headers: HTTPHeaders = [:],
    body: HTTPBody = .none, sha256: String = SigV4.emptyPayload, idleTimeout: Duration? = nil,
    responseLimit: Int = 4 * 1024 * 1024
  ) async throws(Fault) -> HTTPResponse {
    let secrets = try Secrets(self)
    var call = HTTPCall(
      method, location.origin + location.path(of: key) + (query.isEmpty ? "" : "?\(SigV4.encoded(query))"),
      point: point, purpose: purpose, headers: headers, body: body, idleTimeout: idleTimeout,
      responseLimit: responseLimit)
    call.headers.replaceOrAdd(name: "host", value: location.host)
    call.headers.replaceOrAdd(name: "x-amz-content-sha256", value: sha256)
    let response = try await transport.send(signed(call, key, query, sha256, secrets))
    guard response.status == 403 || S3Error(response)?.code == "ExpiredToken", try secrets.renew(self) else {
      return response
    }
    return try await transport.send(signed(call, key, query, sha256, try Secrets(self)))
  }

  /// The answer as a fault, with S3's own word for it.
  func fault(of response: HTTPResponse, _ purpose: String) -> Fault {
    S3Error.fault(
      of: response, "could not \(purpose): \(location.origin) answered", bucket: location.bucket, clock: time.now)
  }

  /// A success that tells of no object.
  func noObject(_ response: HTTPResponse, _ purpose: String) -> Fault {
    .transient(
      .badAnswer,
      "could not \(purpose): \(location.origin) answered \(response.status) without an ETag: \(response.excerpt)",
      hint: "does the endpoint name an S3 API?")
  }

  private func signed(
    _ call: HTTPCall, _ key: String, _ query: Query, _ sha256: String, _ secrets: Secrets
  ) -> HTTPCall {
    var call = call
    let date = Self.date(time.now)
    call.headers.replaceOrAdd(name: "x-amz-date", value: date)
    var headers = call.headers.map { (name: $0.name.lowercased(), value: $0.value) }
    if let token = secrets.token {
      headers.append((name: "x-amz-security-token", value: token.reveal()))
      call.add(token, as: "x-amz-security-token")
    }
    let request = SigV4(
      method: call.method.rawValue, path: location.path(of: key), query: query, headers: headers, payload: sha256,
      date: date, region: region)
    call.add(request.authorization(accessKey: secrets.access, secretKey: secrets.secret), as: "authorization")
    return call
  }

  /// `2013-05-24T00:00:00Z` as `20130524T000000Z`.
  private static func date(_ now: Timestamp) -> String { now.iso8601.filter { $0 != "-" && $0 != ":" } }

  /// The keys of one try.
  private struct Secrets {
    var access: Secret
    var secret: Secret
    var token: Secret?

    init(_ client: S3Client) throws(Fault) {
      access = try client.accessKey.current()
      secret = try client.secretKey.current()
      token = try client.sessionToken?.current()
    }

    /// Whether there is anything new to try. All three are read, for they change together.
    func renew(_ client: S3Client) throws(Fault) -> Bool {
      var renewed = try client.accessKey.renew(after: access)
      if try client.secretKey.renew(after: secret) { renewed = true }
      if let token, try client.sessionToken?.renew(after: token) == true { renewed = true }
      return renewed
    }
  }
}
