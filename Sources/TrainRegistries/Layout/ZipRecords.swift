internal import NIOCore
internal import TrainCore

/// The records of a ZIP file (PKWARE APPNOTE.TXT 6.3.3, section 4.3), little-endian.
enum ZipRecords {
  private static let most32 = Int64(UInt32.max)
  /// Bit 11: names are UTF-8.
  private static let flags: UInt16 = 1 << 11
  /// 1980-01-01, the earliest that the format knows; 00:00:00.
  private static let date: UInt16 = 0x0021
  private static let time: UInt16 = 0

  private static func isLarge(_ value: Int64) -> Bool { value >= most32 }

  static func localLength(_ file: Artifact.File) -> Int { 30 + file.path.utf8.count + (isLarge(file.bytes) ? 20 : 0) }

  static func local(_ file: Artifact.File) -> ByteBuffer {
    var record = ByteBuffer()
    let large = isLarge(file.bytes)
    record.put(UInt32(0x0403_4b50))
    record.put(version(large))
    putCommon(file, to: &record)
    record.put(UInt16(large ? 20 : 0))
    record.writeString(file.path)
    if large {
      record.put(UInt16(1))
      record.put(UInt16(16))
      record.put(UInt64(file.bytes))
      record.put(UInt64(file.bytes))
    }
    return record
  }

  private static func extraLength(_ file: Artifact.File, at offset: Int64) -> Int {
    let fields = (isLarge(file.bytes) ? 16 : 0) + (isLarge(offset) ? 8 : 0)
    return fields == 0 ? 0 : fields + 4
  }

  static func centralLength(_ file: Artifact.File, at offset: Int64) -> Int {
    46 + file.path.utf8.count + extraLength(file, at: offset)
  }

  /// - Parameter offset: where the file's local header begins.
  static func central(_ file: Artifact.File, at offset: Int64) -> ByteBuffer {
    var record = ByteBuffer()
    let extra = extraLength(file, at: offset)
    record.put(UInt32(0x0201_4b50))
    record.put(UInt16(3 << 8) | version(extra > 0))  // made on Unix
    record.put(version(extra > 0))
    putCommon(file, to: &record)
    record.put(UInt16(extra))
    record.put(UInt16(0))  // no comment
    record.put(UInt16(0))  // disk 0
    record.put(UInt16(0))  // internal attributes
    record.put(UInt32(0o100644) << 16)  // a regular file, rw-r--r--
    record.put(UInt32(min(offset, most32)))
    record.writeString(file.path)
    if extra > 0 {
      record.put(UInt16(1))
      record.put(UInt16(extra - 4))
      if isLarge(file.bytes) {
        record.put(UInt64(file.bytes))
        record.put(UInt64(file.bytes))
      }
      if isLarge(offset) { record.put(UInt64(offset)) }
    }
    return record
  }

  /// From the flags to the length of the name: what both headers share.
  private static func putCommon(_ file: Artifact.File, to record: inout ByteBuffer) {
    record.put(flags)
    record.put(UInt16(0))  // stored
    record.put(time)
    record.put(date)
    record.put(file.digests.crc32)
    record.put(UInt32(min(file.bytes, most32)))
    record.put(UInt32(min(file.bytes, most32)))
    record.put(UInt16(truncatingIfNeeded: file.path.utf8.count))
  }

  private static func version(_ large: Bool) -> UInt16 { large ? 45 : 20 }

  /// The end of the central directory, with the ZIP64 records before it where a field overflows.
  static func end(count: Int, at offset: Int64, length: Int64) -> ByteBuffer {
    var record = ByteBuffer()
    if count >= Int(UInt16.max) || isLarge(offset) || isLarge(length) {
      record.put(UInt32(0x0606_4b50))
      record.put(UInt64(44))
      record.put(UInt16(3 << 8 | 45))
      record.put(UInt16(45))
      record.put(UInt32(0))
      record.put(UInt32(0))
      record.put(UInt64(count))
      record.put(UInt64(count))
      record.put(UInt64(length))
      record.put(UInt64(offset))
      record.put(UInt32(0x0706_4b50))
      record.put(UInt32(0))
      record.put(UInt64(offset + length))
      record.put(UInt32(1))
    }
    record.put(UInt32(0x0605_4b50))
    record.put(UInt16(0))
    record.put(UInt16(0))
    record.put(UInt16(min(count, Int(UInt16.max))))
    record.put(UInt16(min(count, Int(UInt16.max))))
    record.put(UInt32(min(length, most32)))
    record.put(UInt32(min(offset, most32)))
    record.put(UInt16(0))
    return record
  }
}

extension ByteBuffer {
  fileprivate mutating func put(_ value: some FixedWidthInteger) { writeInteger(value, endianness: .little) }
}
