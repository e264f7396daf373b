/// Where a file's bytes are wanted from.
public struct ResumePoint: Hashable, Sendable {
  /// Bytes that are there already.
  public var offset: Int64
  /// The ``DownloadFacts/tag`` under which they came; `nil` = unknown.
  public var tag: String?

  public static let start = ResumePoint()

  public init(offset: Int64 = 0, tag: String? = nil) {
    self.offset = offset
    self.tag = tag
  }
}

/// What is known about a file when its first bytes come.
public struct DownloadFacts: Hashable, Sendable {
  /// Where the bytes that follow belong: the resume point's, or 0 = from the start.
  public var offset: Int64
  /// Of the whole file.
  public var total: Int64?
  /// Changes with the file: the far side's ETag.
  public var tag: String?
  /// Of the whole file, as `sha256:<hex>` or `md5:<hex>`, where the registry tells one.
  public var digest: String?

  public init(offset: Int64, total: Int64?, tag: String? = nil, digest: String? = nil) {
    self.offset = offset
    self.total = total
    self.tag = tag
    self.digest = digest
  }
}

/// Takes a file's bytes in order, as fast as they can be used.
public protocol DownloadSink: Sendable {
  /// Called once, before the first ``write(_:)``.
  func begin(_ facts: DownloadFacts) async throws(Fault)
  func write(_ bytes: [UInt8]) async throws(Fault)
}
