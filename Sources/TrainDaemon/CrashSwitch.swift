internal import Glibc
internal import Synchronization
internal import TrainCore

/// Debug builds die at a boundary when `TRAIND_CRASH_AT=point:before|after[:n]` says so (at the n-th crossing).
/// Release builds have no such switch.
enum CrashSwitch {
  static func boundary(_ environment: [String: String]) throws(DaemonFailure) -> Boundary {
    #if DEBUG
      guard let text = environment["TRAIND_CRASH_AT"], !text.isEmpty else { return Boundary() }
      let words = text.split(separator: ":").map(String.init)
      guard words.count >= 2, let point = CrashPoint(rawValue: words[0]), let side = Boundary.Side(rawValue: words[1]),
        let nth = words.count > 2 ? Int(words[2]) : 1
      else {
        throw DaemonFailure(
          .failed, "TRAIND_CRASH_AT=\(text) names no boundary",
          hint: "one of \(CrashPoint.allCases.map(\.rawValue).joined(separator: " ")), then :before or :after")
      }
      let left = Crossings(nth)
      return Boundary { crossed, at in
        guard crossed == point, at == side, left.take() else { return }
        // As a power cut would: nothing is flushed, nobody is told.
        _exit(137)
      }
    #else
      return Boundary()
    #endif
  }

  private final class Crossings: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func take() -> Bool {
      left.withLock {
        $0 -= 1
        return $0 == 0
      }
    }
  }
}
