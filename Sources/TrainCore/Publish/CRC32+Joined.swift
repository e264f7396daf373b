extension CRC32.Table {
  /// The CRC of some bytes followed by others, out of the CRC of each: what was read in parts can be checked as a
  /// whole.
  /// - Parameter bytes: how many the second CRC is of.
  public func joined(_ first: UInt32, _ second: UInt32, bytes: Int64) -> UInt32 {
    // Appending n bytes multiplies what was there by x^8n, modulo the polynomial. Bit 31 is x^0 here.
    var power = UInt32(1) << 23
    var factor = UInt32(1) << 31
    var left = bytes
    while left > 0 {
      if left & 1 == 1 { factor = product(power, factor) }
      power = product(power, power)
      left >>= 1
    }
    return product(factor, first) ^ second
  }

  /// The CRC of pieces that follow each other, out of each one's.
  /// - Parameter pieces: the CRC of each, and how many bytes it is of.
  public func joined(_ pieces: some Sequence<(crc: UInt32, bytes: Int64)>) -> UInt32 {
    pieces.reduce(0) { joined($0, $1.crc, bytes: $1.bytes) }
  }

  private func product(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (b, sum, bit) = (b, UInt32(0), UInt32(1) << 31)
    while bit != 0 {
      if a & bit != 0 { sum ^= b }
      b = b & 1 == 1 ? (b >> 1) ^ polynomial : b >> 1
      bit >>= 1
    }
    return sum
  }
}
