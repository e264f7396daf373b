import Glibc

/// How often the disk makes 4 KiB durable: rewritten in place, as the store's log is once it has its length.
struct Flushes {
  private let root: String
  private let seconds: Int

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    seconds = try arguments.number("seconds", or: 2)
  }

  func run() throws {
    let path = "\(root)/flushes"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let block = [UInt8](repeating: 7, count: 4096)
    let blocks = 1024
    for index in 0..<blocks {
      guard pwrite(file, block, block.count, off_t(index * block.count)) == block.count else {
        throw Arguments.Missing(description: "\(path) can't be written: \(String(cString: strerror(errno)))")
      }
    }
    fsync(file)
    defer {
      close(file)
      unlink(path)
    }
    let begun = Clock.now
    var count = 0
    while Clock.now - begun < Double(seconds) {
      pwrite(file, block, block.count, off_t(count % blocks * block.count))
      fdatasync(file)
      count += 1
    }
    Report.line("rate", Double(count) / (Clock.now - begun))
  }
}
