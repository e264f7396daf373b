/// Why a text was not read as JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `':' should be here`
  public let reason: String
  /// Bytes before the place.
  public let offset: Int
  /// From 1.
  public let line: Int
  /// In bytes, from 1.
  public let column: Int

  /// `line 3, column 7: ':' should be here`
  public var description: String { "line \(line), column \(column): \(reason)" }

  init(_ reason: String, at offset: Int, of bytes: UnsafeBufferPointer<UInt8>) {
    let newline = UInt8(ascii: "\n")
    let before = bytes[..<min(offset, bytes.count)]
    self.reason = reason
    self.offset = offset
    line = before.count { $0 == newline } + 1
    column = before.count - (before.lastIndex(of: newline).map { $0 + 1 } ?? 0) + 1
  }
}
