internal import Glibc
internal import Synchronization
public import TrainCore

/// Debug builds die at a boundary, or tell which they cross, when the environment says so:
///
/// * `TRAIND_CRASH_AT=point:before|after[:n]`: at the n-th crossing by this process. Several are separated by commas.
/// * `TRAIND_CRASH_MARK=FILE`: `FILE-point-side` is made at a death, and while it is there nobody dies that death.
///   What is started again with the same environment is not killed again.
/// * `TRAIND_CRASH_TRACE=FILE`: every crossing is appended, as `point:before`.
///
/// Release builds have no such switch.
public enum CrashSwitch {
  #if DEBUG
    private static let names = ["TRAIND_CRASH_AT", "TRAIND_CRASH_MARK", "TRAIND_CRASH_TRACE"]
  #endif

  /// `TRAIND_CRASH_AT` names no boundary.
  public struct Unknown: Error, CustomStringConvertible {
    public var description: String
    public let hint = "one of \(CrashPoint.allCases.map(\.rawValue).joined(separator: " ")), then :before or :after"
  }

  /// This process's variables of the switch: what a child has to be given to have the same one.
  public static func environment() -> [String: String] {
    var found: [String: String] = [:]
    #if DEBUG
      for name in names {
        if let value = getenv(name) { found[name] = String(cString: value) }
      }
    #endif
    return found
  }

  public static func boundary(_ environment: [String: String]) throws(Unknown) -> Boundary {
    #if DEBUG
      var deaths: [Death] = []
      for text in (environment["TRAIND_CRASH_AT"] ?? "").split(separator: ",") {
        deaths.append(try Death(String(text), mark: environment["TRAIND_CRASH_MARK"]))
      }
      let trace = environment["TRAIND_CRASH_TRACE"].map { open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
      guard !deaths.isEmpty || trace != nil else { return Boundary() }
      return Boundary { [deaths] point, side in
        if let trace {
          // One write each: those of other processes stay apart.
          let line = Array("\(point.rawValue):\(side.rawValue)\n".utf8)
          _ = write(trace, line, line.count)
        }
        for death in deaths { death.cross(point, side) }
      }
    #else
      return Boundary()
    #endif
  }

  #if DEBUG
    private final class Death: Sendable {
      private let point: CrashPoint
      private let side: Boundary.Side
      private let mark: String?
      private let left: Mutex<Int>

      init(_ text: String, mark: String?) throws(Unknown) {
        let words = text.split(separator: ":").map(String.init)
        guard (2...3).contains(words.count), let point = CrashPoint(rawValue: words[0]),
          let side = Boundary.Side(rawValue: words[1]), let nth = words.count > 2 ? Int(words[2]) : 1
        else { throw Unknown(description: "TRAIND_CRASH_AT=\(text) names no boundary") }
        self.point = point
        self.side = side
        self.mark = mark.map { "\($0)-\(point.rawValue)-\(side.rawValue)" }
        left = Mutex(nth)
      }

      func cross(_ crossed: CrashPoint, _ at: Boundary.Side) {
        guard crossed == point, at == side else { return }
        let isDue = left.withLock { left in
          left -= 1
          return left == 0
        }
        guard isDue else { return }
        if let mark, open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) < 0 { return }
        // As a power cut would: nothing is flushed, nobody is told.
        _exit(137)
      }
    }
  #endif
}
