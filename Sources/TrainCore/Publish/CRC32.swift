internal import CDigests

/// A reflected 32-bit CRC: by carry-less multiplication where the processor has it, else eight bytes at a time.
public struct CRC32: Sendable {
  /// CRC-32C (Castagnoli), as storage services use it.
  public static let castagnoli = Table(polynomial: 0x82F6_3B78)
  /// CRC-32 of IEEE 802.3, as ZIP uses it.
  public static let ieee = Table(polynomial: 0xEDB8_8320)

  /// What there is to know of a polynomial.
  public struct Table: Sendable {
    fileprivate let values: [UInt32]
    /// What folding multiplies by.
    fileprivate let keys: [UInt64]
    let polynomial: UInt32

    fileprivate init(polynomial: UInt32) {
      self.polynomial = polynomial
      var values = [UInt32](repeating: 0, count: 8 * 256)
      for byte in 0..<256 {
        var crc = UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ polynomial : crc >> 1 }
        values[byte] = crc
      }
      for index in 256..<(8 * 256) {
        let before = values[index - 256]
        values[index] = (before >> 8) ^ values[Int(before & 0xFF)]
      }
      self.values = values
      keys = [512 + 32, 512 - 32, 128 + 32, 128 - 32].map { power in
        // Bit 31 is x^0 here.
        var value = UInt32(1) << 31
        for _ in 0..<power { value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1 }
        return UInt64(value) << 1
      }
    }
  }

  private let table: Table
  private var state: UInt32 = 0xFFFF_FFFF

  public init(_ table: Table) { self.table = table }

  /// Of all bytes so far.
  public var value: UInt32 { state ^ 0xFFFF_FFFF }

  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let taken = fold(bytes)
    state = table.continued(state, UnsafeRawBufferPointer(rebasing: bytes[taken...]))
  }

  /// Takes as many bytes as can be folded.
  private mutating func fold(_ bytes: UnsafeRawBufferPointer) -> Int {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { folded in
      let taken = train_crc32_fold(state, bytes.baseAddress, bytes.count, table.keys, folded.baseAddress)
      if taken > 0 { state = table.continued(0, UnsafeRawBufferPointer(folded)) }
      return taken
    }
  }
}

extension CRC32.Table {
  fileprivate func continued(_ state: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    values.withUnsafeBufferPointer { table in
      var crc = state
      var index = 0
      while index + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
        crc = table[7 * 256 + Int(word & 0xFF)]
        crc ^= table[6 * 256 + Int((word >> 8) & 0xFF)]
        crc ^= table[5 * 256 + Int((word >> 16) & 0xFF)]
        crc ^= table[4 * 256 + Int((word >> 24) & 0xFF)]
        crc ^= table[3 * 256 + Int((word >> 32) & 0xFF)]
        crc ^= table[2 * 256 + Int((word >> 40) & 0xFF)]
        crc ^= table[1 * 256 + Int((word >> 48) & 0xFF)]
        crc ^= table[Int(word >> 56)]
        index += 8
      }
      while index < bytes.count {
        crc = (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
        index += 1
      }
      return crc
    }
  }
}
