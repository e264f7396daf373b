internal import Synchronization
internal import TrainCore

/// How fast bytes went to the stores lately. Kept in memory.
final class UploadRate: Sendable {
  private static let memory = 0.7
  private let held = Mutex<Double?>(nil)

  /// Bytes a second of one part; `nil` before the first.
  var ofOnePart: Double? { held.withLock { $0 } }

  func note(_ bytes: Int64, in time: Duration) {
    let seconds = Double(time.wholeMilliseconds) / 1000
    guard bytes >= 256 * 1024, seconds > 0 else { return }
    let rate = Double(bytes) / seconds
    held.withLock { $0 = $0.map { $0 * Self.memory + rate * (1 - Self.memory) } ?? rate }
  }

  /// How large parts must be so that the last of them begins before addresses that live `life` have run out, `width` at
  /// once: what began in time may end later. Half of the life is left for the unforeseen.
  func part(of bytes: Int64, life: Duration, width: Int) -> Int64? {
    guard let rate = ofOnePart else { return nil }
    let capacity = rate * Double(width) * Double(life.wholeMilliseconds) / 2000
    let rest = Double(bytes) - capacity
    return rest <= 0 ? nil : Int64(min(rest / Double(width), 1e15)) + 1
  }
}
