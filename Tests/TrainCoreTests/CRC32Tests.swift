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
}
