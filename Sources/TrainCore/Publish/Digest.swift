/// The digests of one file, all taken in the pass that wrote it. Hex, lower case.
public struct FileDigests: Hashable, Sendable, Codable {
  public var sha256: String
  /// Some registries check nothing else.
  public var md5: String
  /// CRC-32C (Castagnoli) of the whole file.
  public var crc32c: UInt32
  /// CRC-32 (IEEE 802.3), which ZIP wants.
  public var crc32: UInt32

  public init(sha256: String, md5: String, crc32c: UInt32, crc32: UInt32) {
    self.sha256 = sha256
    self.md5 = md5
    self.crc32c = crc32c
    self.crc32 = crc32
  }
}
