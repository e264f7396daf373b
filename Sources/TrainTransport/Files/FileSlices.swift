internal import Glibc
public import NIOCore
public import NIOPosix
public import TrainCore

/// A range of a file as buffers of at most half a MiB, read on a thread pool, never more than a few at a time in memory.
///
/// Each iteration opens the file anew and closes it when it ends, fails or is dropped.
/// Throws Fault `.io` when the file is shorter than the range.
public struct FileSlices: AsyncSequence, Sendable {
  public typealias Element = ByteBuffer
  public static let largest = 512 * 1024

  private let path: String
  private let range: Range<Int64>
  private let pace: (any Pace)?
  private let pool: NIOThreadPool

  /// - Parameter pace: asked before each buffer is read.
  public init(path: String, range: Range<Int64>, pace: (any Pace)? = nil, pool: NIOThreadPool = .singleton) {
    self.path = path
    self.range = range
    self.pace = pace
    self.pool = pool
  }

  public func makeAsyncIterator() -> Iterator {
    Iterator(path: path, range: range, pace: pace, pool: pool)
  }

  public struct Iterator: AsyncIteratorProtocol {
    private let path: String
    private let pace: (any Pace)?
    private let pool: NIOThreadPool
    private var next: Int64
    private let end: Int64
    private var file: OpenFile?

    init(path: String, range: Range<Int64>, pace: (any Pace)?, pool: NIOThreadPool) {
      self.path = path
      self.pace = pace
      self.pool = pool
      next = range.lowerBound
      end = range.upperBound
    }

    public mutating func next() async throws -> ByteBuffer? {
      let offset = next
      let count = Int(Swift.min(Int64(FileSlices.largest), end - offset))
      guard count > 0 else {
        file = nil
        return nil
      }
      if let pace { try await pace.take(count) }
      let file = try await opened()
      let buffer = try await pool.runIfActive { try file.read(count, at: offset) }
      next += Int64(count)
      if next == end { self.file = nil }
      return buffer
    }

    private mutating func opened() async throws -> OpenFile {
      if let file { return file }
      let path = path
      let file = try await pool.runIfActive { try OpenFile(path) }
      self.file = file
      return file
    }
  }
}
