internal import Glibc
internal import TrainControl
internal import TrainCore

/// Standard output, buffered, and standard error.
final class Console {
  private var buffer: [UInt8] = []
  private var failed = false
  let isTerminal = isatty(STDOUT_FILENO) == 1

  func line(_ text: String) { write("\(text)\n") }

  /// Text of whatever origin. On a terminal it cannot steer it: line breaks and tabs are all that is left.
  func write(_ text: String) { raw(isTerminal ? Escape.lines(text) : text) }

  /// A value on one line.
  func json(_ value: JSON) {
    json(text: value.wireText)
    raw("\n")
  }

  /// JSON, or a piece of a document. On a terminal it cannot steer it, and stays JSON.
  func json(text: String) { raw(isTerminal ? Escape.json(text) : text) }

  /// A JSON document as it came.
  func document(_ bytes: [UInt8]) {
    if isTerminal {
      json(text: String(decoding: bytes, as: UTF8.self))
    } else {
      buffer.append(contentsOf: bytes)
    }
    if bytes.last != 0x0A { raw("\n") }
  }

  /// What reaches a terminal as it is: our own control sequences, and what a user asked for by `--raw`.
  func raw(_ text: String) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count > 1 << 16 { flush() }
  }

  /// Returns whether everything so far was written.
  @discardableResult
  func flush() -> Bool {
    var written = 0
    while written < buffer.count, !failed {
      let count = buffer.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        note("trainctl: write to standard output: \(String(cString: strerror(errno)))")
        failed = true
      }
    }
    buffer.removeAll(keepingCapacity: true)
    return !failed
  }

  /// A line on standard error.
  func note(_ text: String) {
    let bytes = Array("\(text)\n".utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  func report(_ error: ControlError) {
    flush()
    note("trainctl: \(Escape.lines(error.description))")
    if let hint = error.hint { note("hint: \(Escape.lines(hint))") }
  }

  /// Columns and rows of the terminal.
  var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
