public import TrainControl

/// Bytes that are read once, in order, as fast as the reader takes them.
public struct ByteSource: Sendable {
  /// Known beforehand or `nil`.
  public let total: Int64?
  private let read: @Sendable () async throws(ControlError) -> [UInt8]?
  private let end: @Sendable () async -> Void

  /// - Parameters:
  ///   - next: the next chunk, at most about 1 MiB; `nil` at the end. Never called twice at once.
  ///   - close: called exactly once, also when the reader goes away early: removes temporary files.
  public init(
    total: Int64? = nil, next: @escaping @Sendable () async throws(ControlError) -> [UInt8]?,
    close: @escaping @Sendable () async -> Void = {}
  ) {
    self.total = total
    read = next
    end = close
  }

  func next() async throws(ControlError) -> [UInt8]? { try await read() }
  func close() async { await end() }
}
