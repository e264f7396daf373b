/// Lines of an endless answer, as they come.
public final class LineReader {
  /// Bytes of one line.
  static let longest = 8 << 20

  public enum Line: Equatable, Sendable {
    case line([UInt8])
    /// Nothing came in time, not even a blank line.
    case silence
    case end
  }

  private let exchange: HTTPExchange
  private var pending: [UInt8] = []
  private var at = 0

  public init(_ exchange: HTTPExchange) { self.exchange = exchange }

  /// The next line, blank ones included, without its line break.
  public func next(within limit: Duration) throws(ControlError) -> Line {
    var searched = at
    while true {
      if let end = pending[searched...].firstIndex(of: 0x0A) {
        defer { at = end + 1 }
        return .line(Array(pending[at..<end]))
      }
      pending.removeFirst(at)
      at = 0
      searched = pending.count
      guard pending.count <= Self.longest else {
        throw ControlError(.tooLarge, "read a line", "it is longer than the cap of \(Self.longest) bytes")
      }
      switch try exchange.next(within: limit) {
      case .bytes(let bytes): pending += bytes
      case .silence: return .silence
      case .end: return .end
      }
    }
  }
}
