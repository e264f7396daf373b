internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// What S3 says of a refusal: `<Error><Code>...`.
struct S3Error: Hashable, Sendable {
  var code: String
  var message: String
  /// The region that the bucket is in, where the answer names it.
  var region: String?

  /// `nil` when the answer holds none: HEAD's never does.
  init?(_ response: HTTPResponse) {
    guard let tree = XMLTree(parsing: response.body), tree.name == "Error", let code = tree.text("Code") else {
      return nil
    }
    self.code = code
    message = tree.text("Message") ?? ""
    region = tree.text("Region") ?? response.headers.first(name: "x-amz-bucket-region")
  }

  /// The answer as a fault, with S3's own word for it.
  /// - Parameters:
  ///   - what: a sentence that "403 AccessDenied" continues.
  ///   - clock: our time, as the request was dated.
  static func fault(of response: HTTPResponse, _ what: String, bucket: String, clock: Timestamp) -> Fault {
    var fault = response.fault
    guard let error = S3Error(response) else {
      if response.status == 403 { fault.hint = absentHint }
      return fault
    }
    // Not the whole body: it may repeat the access key.
    fault.message = "\(what) \(response.status) \(error.code)\(error.message.isEmpty ? "" : ": \(error.message)")"
    switch error.code {
    case "RequestTimeTooSkewed":
      let theirs = response.headers.first(name: "date").map { ", theirs \($0)" } ?? ""
      fault = .transient(
        .unauthorized, "\(fault.message) (our clock says \(clock.iso8601)\(theirs))",
        hint: "set this machine's clock, or let it be set (timedatectl); or the server's is wrong", effect: .none)
    case "SignatureDoesNotMatch", "InvalidAccessKeyId", "InvalidToken", "ExpiredToken", "TokenRefreshRequired":
      fault = .permanent(
        .unauthorized, fault.message, hint: "check the connection's access_key, secret_key and session_token")
    case "AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException":
      let region = error.region.map { "write region: \($0)" } ?? "check the connection's region and endpoint"
      fault = .permanent(.unauthorized, fault.message, hint: region)
    case "AccessDenied": fault.hint = absentHint
    case "NoSuchBucket":
      fault = .transient(
        .unavailable, fault.message, hint: "make the bucket \(bucket); traind tries again", effect: .none)
    case "SlowDown", "RequestLimitExceeded", "Throttling", "TooManyRequests":
      fault = .transient(.throttled, fault.message, after: fault.retryAfter, effect: .none)
    case "RequestTimeout", "IncompleteBody", "OperationAborted", "XAmzContentSHA256Mismatch", "BadDigest":
      fault = .transient(.unavailable, fault.message, after: fault.retryAfter)
    case "InternalError", "ServiceUnavailable":
      fault = .transient(.unavailable, fault.message, after: fault.retryAfter)
    case "QuotaExceeded", "InsufficientStorage", "XMinioStorageFull":
      fault = .transient(.diskFull, fault.message, hint: "free some space there; traind tries again", effect: .none)
    default: break
    }
    return fault
  }

  private static let absentHint =
    "the key needs s3:GetObject, s3:PutObject, s3:AbortMultipartUpload and s3:ListBucket: without the last, S3 says 403 of "
    + "what is not there"
}
