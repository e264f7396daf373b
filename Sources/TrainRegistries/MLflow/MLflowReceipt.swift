internal import TrainCore

/// What the store said of a part, as a receipt's token keeps it: its ETag, and the CRC-32C of what was sent where the
/// ETag is its MD5.
struct MLflowReceipt: Hashable, Sendable {
  /// As the store wrote it, quotes and all.
  var tag: String
  /// `nil` where the ETag proves nothing, as in encrypted buckets.
  var crc32c: UInt32?

  init(tag: String, crc32c: UInt32?) {
    self.tag = tag
    self.crc32c = crc32c
  }

  init(token: String) {
    let words = token.split(separator: " ", maxSplits: 1)
    tag = words.first.map(String.init) ?? ""
    crc32c = words.count > 1 ? UInt32(words[1]) : nil
  }

  var token: String { crc32c.map { "\(tag) \($0)" } ?? tag }
}

extension MLflowMultipart {
  /// Whether the store holds what the training produced, by what it said of every part.
  /// - Parameter receipts: of all parts, in order.
  func isProven(by receipts: [MLflowReceipt], for file: Artifact.File) -> Bool {
    let proven = zip(numbers, receipts).compactMap { number, receipt in
      receipt.crc32c.map { (crc: $0, bytes: Int64(range(of: number, in: file.bytes).count)) }
    }
    return receipts.count == count && proven.count == count
      && CRC32.castagnoli.joined(proven) == file.digests.crc32c
  }
}
