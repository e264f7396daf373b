internal import Crypto
internal import Synchronization
public import TrainCore

/// An artifact sink in memory. Its CRC-32 is none: no platform asks for it.
public final class MemorySink: ArtifactSink {
  public struct File: Sendable, Hashable {
    public var tag: String
    public var total: Int64?
    public var bytes: [UInt8]
    public var isFinished = false
  }

  private struct State {
    var files: [String: File] = [:]
    var discards = 0
    var largestWrite = 0
    var failAfter: Int?
  }

  private let state = Mutex(State())

  public init() {}

  public var files: [String: File] { state.withLock { $0.files } }
  /// How often a file was thrown away, for its tag or by order.
  public var discards: Int { state.withLock { $0.discards } }
  public var largestWrite: Int { state.withLock { $0.largestWrite } }

  /// What an earlier, interrupted fetch left.
  public func hold(_ bytes: [UInt8], of path: String, tag: String) {
    state.withLock { $0.files[path] = File(tag: tag, bytes: bytes) }
  }

  /// Writes fail with `.diskFull` once a file holds so many bytes; `nil` = never.
  public func fail(after bytes: Int?) { state.withLock { $0.failAfter = bytes } }

  public func open(_ path: String, tag: String, total: Int64?) async throws(Fault) -> Int64 {
    state.withLock { state in
      if let held = state.files[path], held.tag != tag {
        state.discards += 1
        state.files[path] = nil
      }
      state.files[path, default: File(tag: tag, bytes: [])].total = total
      return Int64(state.files[path]?.bytes.count ?? 0)
    }
  }

  public func write(_ bytes: [UInt8], to path: String) async throws(Fault) {
    let isFull = state.withLock { state in
      state.largestWrite = max(state.largestWrite, bytes.count)
      state.files[path]?.bytes += bytes
      return state.failAfter.map { state.files[path]?.bytes.count ?? 0 >= $0 } ?? false
    }
    if isFull { throw .transient(.diskFull, "writing \(path): no space is left", effect: .none) }
  }

  public func finish(_ path: String) async throws(Fault) -> FileDigests {
    let bytes = state.withLock { state in
      state.files[path]?.isFinished = true
      return state.files[path]?.bytes ?? []
    }
    return FileDigests(
      sha256: MemorySink.hex(SHA256.hash(data: bytes)), md5: MemorySink.hex(Insecure.MD5.hash(data: bytes)),
      crc32c: CRC32C.of(bytes), crc32: 0)
  }

  private static func hex(_ digest: some Sequence<UInt8>) -> String {
    digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  public func discard(_ path: String) async throws(Fault) {
    state.withLock { state in
      state.discards += 1
      state.files[path] = nil
    }
  }
}
