import Testing
import TrainCore

@Suite struct `A CRC` {
  private func crc(_ bytes: some Sequence<UInt8>, _ table: CRC32.Table) -> UInt32 {
    var crc = CRC32(table)
    Array(bytes).withUnsafeBytes { crc.update($0) }
    return crc.value
  }

  @Test func `has the catalogue's check values`() {
    #expect(crc("123456789".utf8, CRC32.castagnoli) == 0xE306_9283)
    #expect(crc("123456789".utf8, CRC32.ieee) == 0xCBF4_3926)
  }

  @Test(arguments: [0, 1, 3, 7, 8, 1000, 4096, 99_999])
  func `of two pieces is the whole's`(_ cut: Int) {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ ($0 >> 7)) }
    for table in [CRC32.castagnoli, CRC32.ieee] {
      let joined = table.joined(
        crc(bytes[..<cut], table), crc(bytes[cut...], table), bytes: Int64(bytes.count - cut))
      #expect(joined == crc(bytes, table))
    }
  }

  /// As the polynomial defines it.
  private func slow(_ bytes: some Sequence<UInt8>, _ polynomial: UInt32) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ polynomial : crc >> 1 }
    }
    return crc ^ 0xFFFF_FFFF
  }

  @Test func `is the polynomial's remainder for every length and start`() {
    let bytes = (0..<700).map { UInt8(truncatingIfNeeded: $0 &* 57 ^ ($0 >> 3)) }
    for (table, polynomial) in [(CRC32.castagnoli, UInt32(0x82F6_3B78)), (CRC32.ieee, UInt32(0xEDB8_8320))] {
      for length in [0, 1, 15, 16, 63, 64, 65, 79, 80, 127, 128, 129, 191, 192, 255, 256, 400, 650] {
        for start in [0, 1, 7, 15, 16, 49] {
          let piece = bytes[start..<(start + length)]
          #expect(crc(piece, table) == slow(piece, polynomial), "\(length) bytes from \(start)")
        }
      }
    }
  }
}
