internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// A range of a layout as buffers, the pace taken before each.
struct LayoutBuffers<Layout: UploadLayout>: AsyncSequence, Sendable {
  typealias Element = ByteBuffer
  let layout: Layout
  let range: Range<Int64>
  let pace: (any Pace)?

  func makeAsyncIterator() -> Iterator {
    Iterator(layout: layout, pace: pace, next: range.lowerBound, end: range.upperBound)
  }

  struct Iterator: AsyncIteratorProtocol {
    let layout: Layout
    let pace: (any Pace)?
    var next: Int64
    let end: Int64
    var slices: FileSlices.Iterator?

    init(layout: Layout, pace: (any Pace)?, next: Int64, end: Int64) {
      self.layout = layout
      self.pace = pace
      self.next = next
      self.end = end
    }

    mutating func next() async throws -> ByteBuffer? {
      while true {
        if let buffer = try await slices?.next() {
          next += Int64(buffer.readableBytes)
          return buffer
        }
        slices = nil
        guard next < end else { return nil }
        let (piece, start, length) = layout.piece(at: next)
        let from = next - start
        let upTo = Swift.min(length, end - start)
        switch piece {
        case .file(_, let path):
          slices = FileSlices(path: path, range: from..<upTo, pace: pace).makeAsyncIterator()
        case .bytes(var buffer):
          buffer.moveReaderIndex(forwardBy: Int(from))
          let count = Swift.min(Int(upTo - from), FileSlices.largest)
          try await pace?.take(count)
          next += Int64(count)
          return buffer.readSlice(length: count)
        }
      }
    }
  }
}
