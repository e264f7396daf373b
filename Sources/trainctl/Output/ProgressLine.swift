internal import Glibc

/// How far a transfer is, on one line of standard error that is written over; nothing when that is no terminal.
final class ProgressLine {
  private static let pause = Duration.milliseconds(200)

  private let name: String
  private let isShown = isatty(STDERR_FILENO) == 1
  private var shown: ContinuousClock.Instant?

  /// - Parameter name: what is transferred.
  init(_ name: String) { self.name = name.split(separator: "/").last.map(String.init) ?? name }

  func show(_ done: Int64, of total: Int64?) {
    guard isShown else { return }
    if let shown, shown.duration(to: .now) < Self.pause, done != total { return }
    shown = .now
    var line = "\(Escape.line(name))  \(Human.size(done))"
    if let total, total > 0 {
      let fraction = Double(done) / Double(total)
      line = "\(Escape.line(name))  \(Human.bar(fraction)) \(Human.percent(fraction)) of \(Human.size(total))"
    }
    write("\r\u{1B}[K\(line)")
  }

  /// Leaves the line clear for what is printed next.
  func end() {
    if isShown, shown != nil { write("\r\u{1B}[K") }
    shown = nil
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
