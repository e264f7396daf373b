internal import FoundationEssentials
package import NIOHTTP1
package import TrainCore

/// What `x-goog-hash` says of a file: `crc32c=<base64>` and `md5=<base64>`, in lines of their own or joined by commas.
package struct ViamHashes: Hashable, Sendable {
  package var crc32c: UInt32?
  /// Hex, lower case.
  package var md5: String?

  package init(_ headers: HTTPHeaders) { self.init(lines: headers["x-goog-hash"]) }

  package init(lines: [String]) {
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
  package func mismatch(with digests: FileDigests) -> String? {
    mismatch(crc32c: digests.crc32c, md5: digests.md5)
  }

  /// - Parameter hex: the MD5.
  package func mismatch(crc32c own: UInt32, md5 hex: String) -> String? {
    if let crc32c { return crc32c == own ? nil : "the CRC-32C that was announced" }
    if let md5 { return md5 == hex.lowercased() ? nil : "the MD5 that was announced" }
    return nil
  }
}
