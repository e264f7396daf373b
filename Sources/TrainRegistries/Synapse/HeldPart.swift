internal import NIOCore

/// A part of a file that somebody else holds the rest of: only its own range can be read.
struct HeldPart: UploadLayout {
  let buffer: ByteBuffer
  let offset: Int64
  /// Of the whole file.
  let bytes: Int64

  func piece(at offset: Int64) -> (piece: LayoutPiece, start: Int64, length: Int64) {
    (.bytes(buffer), self.offset, Int64(buffer.readableBytes))
  }
}
