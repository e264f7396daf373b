internal import TrainCore

/// One file's upload in parts, straight into the store behind the server: its parts have signed URLs that do not live
/// for ever, and there are no new ones for them. They are stored sealed.
struct MLflowMultipart: Hashable, Sendable {
  struct Credential: Hashable, Sendable {
    var url: String
    var headers: [String: String]

    init(url: String, headers: [String: String]) {
      self.url = url
      self.headers = headers
    }

    /// `nil` for what is none.
    init?(_ json: JSON) {
      guard let url = json["url"]?.string else { return nil }
      self.init(url: url, headers: (json["headers"]?.object ?? [:]).compactMapValues(\.string))
    }

    fileprivate var json: JSON { ["url": .string(url), "headers": .object(headers.mapValues(JSON.string))] }
  }

  /// Index into the artifact's files.
  var file: Int
  /// The file's own, relative to the version's files.
  var path: String
  /// The store's id; empty where it has none (Azure).
  var upload: String
  /// Of every part but the last.
  var partBytes: Int64
  /// The number of its first part in the plan.
  var first: Int
  var count: Int
  /// One for each part, in order; empty when they cannot be unsealed (any more).
  var credentials: [Credential]
  /// The same, sealed.
  private let sealed: String

  /// One for one upload of a release.
  var key: String { "\(upload) \(credentials.first?.url ?? "")" }
  var numbers: Range<Int> { first..<(first + count) }

  func range(of number: Int, in bytes: Int64) -> Range<Int64> {
    let start = Int64(number - first) * partBytes
    return start..<min(bytes, start + partBytes)
  }

  /// The length of parts for a file: the least that is wanted, larger where that would make too many, for every part
  /// has a URL to be stored; at most what a store takes.
  static func partBytes(for bytes: Int64, atLeast least: Int64) -> Int64 {
    let mebibyte: Int64 = 1024 * 1024
    let even = (bytes + mostParts - 1) / mostParts
    return even <= least ? least : min((even + mebibyte - 1) / mebibyte * mebibyte, 5 * 1024 * mebibyte)
  }
  private static let mostParts: Int64 = 64

  /// `nil` when its addresses cannot be sealed now.
  init?(
    file: Int, path: String, upload: String, partBytes: Int64, first: Int, credentials: [Credential],
    by addresses: SealedAddresses
  ) {
    guard let sealed = addresses.seal(.array(credentials.map(\.json))) else { return nil }
    self.file = file
    self.path = path
    self.upload = upload
    self.partBytes = partBytes
    self.first = first
    self.count = credentials.count
    self.credentials = credentials
    self.sealed = sealed
  }

  /// `nil` for what is none.
  init?(_ json: JSON, by addresses: SealedAddresses) {
    let indices = 0...Int64(Int32.max)
    guard let file = json["file"]?.int, let path = json["path"]?.string, let upload = json["upload"]?.string,
      let partBytes = json["part"]?.int, partBytes > 0, let first = json["first"]?.int, indices.contains(file),
      indices.contains(first)
    else { return nil }
    self.file = Int(file)
    self.path = path
    self.upload = upload
    self.partBytes = partBytes
    self.first = Int(first)
    if let urls = json["urls"]?.array {
      // As an earlier release stored them: in clear.
      credentials = urls.compactMap(Credential.init)
      count = urls.count
      guard credentials.count == count, count > 0, let sealed = addresses.seal(.array(credentials.map(\.json))) else {
        return nil
      }
      self.sealed = sealed
    } else {
      guard let count = json["count"]?.int, (1...10_000).contains(count), let sealed = json["sealed"]?.string
      else { return nil }
      let credentials = (addresses.open(sealed)?.array ?? []).compactMap(Credential.init)
      self.count = Int(count)
      self.credentials = credentials.count == count ? credentials : []
      self.sealed = sealed
    }
  }

  var stored: JSON {
    [
      "file": .int(Int64(file)), "path": .string(path), "upload": .string(upload), "part": .int(partBytes),
      "first": .int(Int64(first)), "count": .int(Int64(count)), "sealed": .string(sealed),
    ]
  }
}
