internal import FoundationEssentials
internal import NIOHTTP1
internal import TrainCore

/// What `x-goog-hash` says of a file: `crc32c=<base64>` and `md5=<base64>`, in lines of their own or joined by commas.
struct ViamHashes: Hashable, Sendable {
  var crc32c: UInt32?
  /// Hex, lower case.
  var md5: String?

  init(_ headers: HTTPHeaders) { self.init(lines: headers["x-goog-hash"]) }

  init(lines: [String]) {
    for line in lines {
      for part in line.split(separator: ",") {
        // Base64 may end in "=": only the first separates.
        let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2 else { continue }
        let name = words[0].filter { $0 != " " }.lowercased()
        guard let bytes = Data(base64Encoded: words[1].filter { $0 != " " }), !bytes.isEmpty else { continue }
        switch name {
        case "crc32c": crc32c = ViamHashes.number(bytes)
        case "md5": md5 = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        default: break
        }
      }
    }
  }

  /// Big-endian, with or without zeros in front.
  private static func number(_ bytes: Data) -> UInt32? {
    let significant = bytes.drop { $0 == 0 }
    guard significant.count <= 4 else { return nil }
    return significant.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// What was promised and not kept; `nil` when it holds. The CRC is what Viam's own servers check; the MD5 counts
  /// where there is no CRC.
  func mismatch(with digests: FileDigests) -> String? {
    if let crc32c { return crc32c == digests.crc32c ? nil : "the CRC-32C that was announced" }
    if let md5 { return md5 == digests.md5.lowercased() ? nil : "the MD5 that was announced" }
    return nil
  }
}
