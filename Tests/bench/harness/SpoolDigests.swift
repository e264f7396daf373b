import Glibc
import TrainCore
import TrainEngine

/// Takes a file in as a provider's fetch does: into the spool, with all digests, durable. What comes out is what
/// ``Upload`` publishes.
struct SpoolDigests {
  static let job = JobID(spec: "bench", version: "1.0")
  static let path = "model.bin"
  private let root: String
  private let from: String

  init(_ arguments: Arguments) throws {
    root = try arguments.text("root")
    from = try arguments.text("from")
  }

  func run() async throws {
    let spool = try Spool(root: "\(root)/spool", quota: nil)
    let sink = try await spool.sink(for: Self.job, attempt: 1)
    let file = open(from, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Arguments.Missing(description: "\(from) can't be opened") }
    defer { close(file) }
    let begun = Clock.now
    _ = try await sink.open(Self.path, tag: "1", total: nil)
    var bytes = 0
    while true {
      let chunk = [UInt8](unsafeUninitializedCapacity: 256 * 1024) { space, count in
        count = max(0, read(file, space.baseAddress, space.count))
      }
      guard !chunk.isEmpty else { break }
      bytes += chunk.count
      try await sink.write(chunk, to: Self.path)
    }
    let digests = try await sink.finish(Self.path)
    _ = try await sink.complete()
    Report.line("seconds", Clock.now - begun)
    Report.line("bytes", bytes)
    Report.line("processor", Clock.processor)
    Report.line("sha256", digests.sha256)
    Report.line("md5", digests.md5)
    Report.line("crc32c", Int(digests.crc32c))
    Report.line("crc32", Int(digests.crc32))
  }
}
