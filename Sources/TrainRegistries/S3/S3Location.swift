internal import TrainCore
internal import TrainTransport

/// Where a bucket is, and how its objects are addressed.
struct S3Location: Sendable {
  enum Style: String, Sendable, CaseIterable { case auto, path, virtual }

  let bucket: String
  /// `https://host[:port]`
  let origin: String
  /// As the `Host` header has it.
  let host: String
  /// What the encoded path begins with: `` or `/bucket`, after the endpoint's own path.
  private let base: String

  /// Fault `.rejected` for what cannot be an endpoint or a bucket.
  /// - Parameter endpoint: `nil` = AWS's own for the region.
  init(endpoint: String?, bucket: String, region: String, style: Style) throws(Fault) {
    let endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
    guard let origin = Origin(endpoint), !endpoint.contains("?"), !endpoint.contains("#"), !endpoint.contains("@") else {
      throw .permanent(.rejected, "'\(endpoint)' cannot be an S3 endpoint", hint: "write endpoint: https://host")
    }
    guard (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy(Self.isOfBucket), !bucket.contains("..") else {
      throw .permanent(
        .rejected, "'\(bucket)' cannot be a bucket's name", hint: "3 to 63 letters, digits, '-', '_' and '.'")
    }
    self.bucket = bucket
    // The part after the authority, if any.
    let parts = endpoint.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    var ownPath = parts.count > 3 ? "/" + parts[3] : ""
    while ownPath.hasSuffix("/") { ownPath.removeLast() }
    let isVirtual =
      switch style {
      case .path: false
      case .virtual: true
      // A certificate for *.s3.amazonaws.com covers no name with a dot in front.
      case .auto: origin.host.hasSuffix(".amazonaws.com") && bucket.utf8.allSatisfy(Self.isOfLabel)
      }
    var shown = origin
    if isVirtual { shown.host = "\(bucket).\(origin.host)" }
    self.origin = shown.description
    host = String(shown.description.dropFirst(origin.scheme.utf8.count + 3))
    base = isVirtual ? ownPath : "\(ownPath)/\(bucket)"
  }

  /// The encoded path of an object, or of the bucket itself where there is no key.
  func path(of key: String) -> String {
    let path = key.isEmpty ? base : "\(base)/\(PercentEncoding.path(key))"
    return path.isEmpty ? "/" : path
  }

  private static func isOfLabel(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  private static func isOfBucket(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: isOfLabel(byte)
    }
  }
}
