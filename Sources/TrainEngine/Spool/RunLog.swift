import Glibc
public import TrainCore

/// The trainings' own output, kept with the job: `<root>/<job>/<attempt>.log`.
public actor RunLog {
  private let root: String
  private let boundary: Boundary
  private let executor: any SerialExecutor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  /// Bytes kept of one run's output.
  private let most: Int64 = 64 << 20

  public init(
    root: String, boundary: Boundary = .init(), executor: (any SerialExecutor)? = nil
  ) throws(Fault) {
    self.executor = executor ?? QueueExecutor("run-log")
    self.root = root
    self.boundary = boundary
    try boundary.cross(.logBegin) { () throws(Fault) in try Disk.makeDirectory(root) }
  }

  private func path(_ job: JobID, _ attempt: Int) -> String { "\(root)/\(job)/\(attempt).log" }

  /// Begins a copy anew.
  func begin(_ job: JobID, attempt: Int) throws(Fault) {
    try boundary.cross(.logBegin) { () throws(Fault) in
      try Disk.makeDirectory("\(root)/\(job)")
      unlink("\(path(job, attempt)).part")
    }
  }

  /// Returns false once the cap is reached: the rest is dropped, and the file says so.
  func append(_ text: String, to job: JobID, attempt: Int) throws(Fault) -> Bool {
    let part = "\(path(job, attempt)).part"
    let isFull = (Disk.size(part) ?? 0) + Int64(text.utf8.count) > most
    let kept = isFull ? "traind: the output was longer than \(most) bytes; the rest was not kept\n" : text
    try boundary.cross(.logWrite) { () throws(Fault) in
      let descriptor = open(part, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
      guard descriptor >= 0 else { throw Disk.fault("could not open", part) }
      defer { close(descriptor) }
      var fault: Fault?
      Array(kept.utf8).withUnsafeBytes { buffer in
        do throws(Fault) { try Disk.write(descriptor, buffer, path: part) } catch { fault = error }
      }
      if let fault { throw fault }
    }
    return !isFull
  }

  func finish(_ job: JobID, attempt: Int) throws(Fault) {
    let final = path(job, attempt)
    guard Disk.size("\(final).part") != nil else { return }
    try boundary.cross(.logFinish) { () throws(Fault) in
      guard rename("\(final).part", final) == 0 else { throw Disk.fault("could not rename", final) }
    }
  }

  /// Output from a byte offset on, at most 256 KiB; `nil` when nothing is kept of that run.
  public func read(_ job: JobID, attempt: Int, from offset: Int64) -> (text: String, next: Int64, hasMore: Bool)? {
    let path = path(job, attempt)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
    guard count > 0 else { return ("", offset, false) }
    let next = offset + Int64(count)
    return (String(decoding: buffer[..<count], as: UTF8.self), next, next < Disk.size(path) ?? 0)
  }

  /// The last lines of a run's output, at most 4 KiB.
  public func tail(_ job: JobID, attempt: Int, lines: Int) -> String {
    guard let size = Disk.size(path(job, attempt)), let page = read(job, attempt: attempt, from: max(0, size - 4096))
    else { return "" }
    return page.text.split(separator: "\n").suffix(lines).joined(separator: "\n")
  }

  public func remove(_ job: JobID) throws(Fault) {
    try boundary.cross(.logRemove) { () throws(Fault) in try Disk.remove("\(root)/\(job)") }
  }
}
