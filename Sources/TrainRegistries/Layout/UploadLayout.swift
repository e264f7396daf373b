internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// What is uploaded as one stream of bytes: a file as it is, or several framed as an archive. Nothing is built in
/// memory or in a temporary file; any range can be read at any time.
protocol UploadLayout: Sendable {
  var bytes: Int64 { get }
  /// The piece that holds the byte at `offset`, where it begins in the layout, and its length (never 0).
  func piece(at offset: Int64) -> (piece: LayoutPiece, start: Int64, length: Int64)
}

enum LayoutPiece: Sendable {
  case bytes(ByteBuffer)
  /// The whole of the artifact's file with that index.
  case file(index: Int, path: String)
}

extension UploadLayout {
  /// The bytes of a range, in buffers of at most half a MiB.
  func buffers(_ range: Range<Int64>, pace: (any Pace)?) -> LayoutBuffers<Self> {
    LayoutBuffers(layout: self, range: range, pace: pace)
  }
}

/// One file of the artifact, unchanged.
struct SingleFileLayout: UploadLayout {
  let path: String
  let bytes: Int64

  func piece(at offset: Int64) -> (piece: LayoutPiece, start: Int64, length: Int64) {
    (.file(index: 0, path: path), 0, bytes)
  }
}
