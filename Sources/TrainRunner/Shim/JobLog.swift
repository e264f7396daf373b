internal import Glibc
internal import TrainCore

/// The command's own output on disk: its first part, and its last lines when it was too long to keep.
struct JobLog {
  static let mostBytes = 64 << 20
  static let keptTail = 64 << 10

  private let file: Descriptor
  private let boundary: Boundary
  private let most: Int
  private var size: Int
  private var dropped = 0
  /// The end of what was dropped.
  private var tail: [UInt8] = []
  /// What the disk did not take.
  private var lost: RunnerError?

  init(_ file: Descriptor, most: Int = mostBytes, boundary: Boundary = Boundary()) throws(RunnerError) {
    self.file = file
    self.boundary = boundary
    self.most = most
    size = Int(try file.attributes(JobDirectory.log).st_size)
  }

  /// Never fails: a training is not stopped for its log's sake.
  mutating func take(_ bytes: some Collection<UInt8>) {
    let room = max(0, most - size)
    if dropped == 0 && room > 0 { append(bytes.prefix(room)) }
    let rest = dropped == 0 ? Array(bytes.dropFirst(room)) : Array(bytes)
    guard !rest.isEmpty else { return }
    dropped += rest.count
    tail += rest
    if tail.count > 2 * JobLog.keptTail { tail.removeFirst(tail.count - JobLog.keptTail) }
  }

  /// The command has ended.
  mutating func close() {
    if dropped > 0 {
      var end = tail.suffix(JobLog.keptTail)
      if end.count < dropped, let first = end.firstIndex(of: UInt8(ascii: "\n")) { end = end[(first + 1)...] }
      append(
        Array("\n[traind: the log is full at \(most) bytes; \(dropped - end.count) bytes are left out here]\n".utf8))
      append(end)
    }
    if let lost { append(Array("\n[traind: output was lost: \(lost.message)]\n".utf8)) }
  }

  private mutating func append(_ bytes: some Collection<UInt8>) {
    do throws(RunnerError) {
      try boundary.cross(.shimLogWrite) { () throws(RunnerError) in try file.write(bytes, as: JobDirectory.log) }
      size += bytes.count
    } catch {
      lost = error
    }
  }
}
