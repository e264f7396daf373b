internal import Glibc

/// A system call that failed: what was being done, to what, and the error number. Each room maps it once, at its edge.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  public var number: Int32
  /// As a verb with its object: `open`, `rename`, `make the directory`.
  public var operation: String
  /// For people; bytes that are no UTF-8 are shown as U+FFFD.
  public var path: String

  public init(_ number: Int32, _ operation: String, _ path: String) {
    self.number = number
    self.operation = operation
    self.path = path
  }

  /// What the C library says about the number.
  public var reason: String { Self.reason(number) }

  public var description: String { "could not \(operation) \(path): \(reason)" }

  public static func reason(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
