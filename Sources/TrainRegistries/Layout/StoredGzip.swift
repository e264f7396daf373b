internal import NIOCore

/// A gzip member (RFC 1952) whose data is stored, not compressed (RFC 1951, 3.2.4). No time, no name: the same data,
/// cut into the same buffers, always gives the same bytes.
enum StoredGzip {
  private static let mostStored = 65535

  static let head = ByteBuffer(bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])

  /// A buffer as stored blocks.
  static func blocks(_ data: ByteBuffer) -> ByteBuffer {
    var data = data
    var framed = ByteBuffer()
    framed.reserveCapacity(Int(length(of: Int64(data.readableBytes))))
    while data.readableBytes > 0 {
      let count = min(data.readableBytes, mostStored)
      framed.writeInteger(UInt8(0))
      framed.writeInteger(UInt16(count), endianness: .little)
      framed.writeInteger(~UInt16(count), endianness: .little)
      if var slice = data.readSlice(length: count) { framed.writeBuffer(&slice) }
    }
    return framed
  }

  /// What a buffer of that many bytes becomes.
  static func length(of bytes: Int64) -> Int64 { bytes + (bytes + Int64(mostStored) - 1) / Int64(mostStored) * 5 }

  static let tailLength: Int64 = 13

  /// - Parameters:
  ///   - crc32: of all the data.
  ///   - bytes: of all the data.
  static func tail(crc32: UInt32, bytes: Int64) -> ByteBuffer {
    var tail = ByteBuffer(bytes: [1, 0, 0, 0xff, 0xff])
    tail.writeInteger(crc32, endianness: .little)
    tail.writeInteger(UInt32(truncatingIfNeeded: bytes), endianness: .little)
    return tail
  }
}
