internal import TrainCore

/// One file's upload in parts, straight into the store behind the server: its parts have signed URLs that do not live
/// for ever, and there are no new ones for them.
struct MLflowMultipart: Hashable, Sendable {
  struct Credential: Hashable, Sendable {
    var url: String
    var headers: [String: String]
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
  /// One for each part, in order.
  var credentials: [Credential]

  /// One for one upload of a release.
  var key: String { "\(upload) \(credentials.first?.url ?? "")" }
  var numbers: Range<Int> { first..<(first + credentials.count) }

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

  init(file: Int, path: String, upload: String, partBytes: Int64, first: Int, credentials: [Credential]) {
    self.file = file
    self.path = path
    self.upload = upload
    self.partBytes = partBytes
    self.first = first
    self.credentials = credentials
  }

  init?(_ json: JSON) {
    guard let file = json["file"]?.int, let path = json["path"]?.string, let upload = json["upload"]?.string,
      let partBytes = json["part"]?.int,
      partBytes > 0, let first = json["first"]?.int, let urls = json["urls"]?.array
    else { return nil }
    let credentials = urls.compactMap { json in
      json["url"]?.string.map {
        Credential(url: $0, headers: (json["headers"]?.object ?? [:]).compactMapValues(\.string))
      }
    }
    guard credentials.count == urls.count, !urls.isEmpty, (0...Int64(Int32.max)).contains(file),
      (0...Int64(Int32.max)).contains(first)
    else { return nil }
    self.init(
      file: Int(file), path: path, upload: upload, partBytes: partBytes, first: Int(first), credentials: credentials)
  }

  var stored: JSON {
    [
      "file": .int(Int64(file)), "path": .string(path), "upload": .string(upload), "part": .int(partBytes),
      "first": .int(Int64(first)),
      "urls": .array(
        credentials.map { ["url": .string($0.url), "headers": .object($0.headers.mapValues(JSON.string))] }),
    ]
  }
}
