internal import CDigests
internal import Glibc
internal import TrainCore
internal import TrainTransport

/// MD5s of several ranges of one file, taken side by side: about three times as fast as one after the other.
struct ParallelMD5: Sendable {
  static let width = Int(TRAIN_MD5_LANES)
  private static let block = 64
  /// Of each range, between two turns of the pool's thread.
  private static let slice = 64 * 1024

  private struct Lane {
    let range: Range<Int64>
    /// Of the bytes and their padding, what is done.
    var done: Int64 = 0

    /// As RFC 1321 pads: a bit, zeros, the length in bits.
    var padded: Int64 { (Int64(range.count) + 9 + 63) / 64 * 64 }
    var isDone: Bool { done == padded }
  }

  private let file: SharedDescriptor
  private var lanes: [Lane]
  private var state = train_md5_lanes()
  private var found: [String]

  /// Hex, lower case, in the order of the ranges.
  /// - Parameter ranges: at most ``width``. Fault `.io` when the file is shorter.
  static func take(at path: String, _ ranges: [Range<Int64>]) async throws(Fault) -> [String] {
    let blocking = Blocking()
    var pass = try await blocking.perform { () throws(Fault) in
      ParallelMD5(SharedDescriptor(try Descriptor(opening: path, O_RDONLY)), ranges)
    }
    while pass.lanes.contains(where: { !$0.isDone }) {
      let before = pass
      pass = try await blocking.perform { () throws(Fault) in
        var pass = before
        try pass.advance()
        return pass
      }
    }
    return pass.found
  }

  private init(_ file: SharedDescriptor, _ ranges: [Range<Int64>]) {
    self.file = file
    lanes = ranges.prefix(Self.width).map { Lane(range: $0) }
    found = Array(repeating: "", count: lanes.count)
    withUnsafeMutableBytes(of: &state) { words in
      for (index, word) in ([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476] as [UInt32]).enumerated() {
        for lane in 0..<Self.width {
          words.storeBytes(of: word, toByteOffset: 4 * (index * Self.width + lane), as: UInt32.self)
        }
      }
    }
  }

  /// Takes the next slice of every lane: as many blocks as all that are not done have.
  private mutating func advance() throws(Fault) {
    let open = lanes.indices.filter { !lanes[$0].isDone }
    let length = open.map { min(Int64(Self.slice), lanes[$0].padded - lanes[$0].done) }.min() ?? 0
    let result = withUnsafeTemporaryAllocation(byteCount: open.count * Int(length), alignment: 64) { space in
      Result { () throws(Fault) in
        let pieces = open.indices.map {
          UnsafeMutableRawBufferPointer(rebasing: space[($0 * Int(length))..<(($0 + 1) * Int(length))])
        }
        for (piece, lane) in zip(pieces, open) { try fill(piece, lanes[lane]) }
        // What runs in the other lanes has been read already, and is not looked at.
        var bytes = Array(repeating: pieces.first?.baseAddress?.assumingMemoryBound(to: UInt8.self), count: Self.width)
        for (piece, lane) in zip(pieces, open) { bytes[lane] = piece.baseAddress?.assumingMemoryBound(to: UInt8.self) }
        let pointers = bytes.map { UnsafePointer($0) }
        train_md5_update(&state, pointers, Int(length) / Self.block)
      }
    }
    try result.get()
    for lane in open {
      lanes[lane].done += length
      if lanes[lane].isDone { found[lane] = digest(of: lane) }
    }
  }

  /// What comes next of a lane's bytes and padding.
  private func fill(_ piece: UnsafeMutableRawBufferPointer, _ lane: Lane) throws(Fault) {
    let size = Int64(lane.range.count)
    let data = Int(min(Int64(piece.count), max(0, size - lane.done)))
    if data > 0 {
      let wanted = UnsafeMutableRawBufferPointer(rebasing: piece[..<data])
      guard try file.read(into: wanted, at: lane.range.lowerBound + lane.done) == data else {
        throw .transient(.io, "a file of the spool is shorter than it was", effect: .none)
      }
    }
    guard data < piece.count else { return }
    UnsafeMutableRawBufferPointer(rebasing: piece[data...]).initializeMemory(as: UInt8.self, repeating: 0)
    let first = size - lane.done
    if first >= 0, first < piece.count { piece[Int(first)] = 0x80 }
    if lane.done + Int64(piece.count) == lane.padded {
      piece.storeBytes(of: UInt64(size * 8).littleEndian, toByteOffset: piece.count - 8, as: UInt64.self)
    }
  }

  private func digest(of lane: Int) -> String {
    withUnsafeBytes(of: state) { words in
      (0..<4).flatMap { word in
        let value = words.loadUnaligned(fromByteOffset: 4 * (word * Self.width + lane), as: UInt32.self)
        return (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
      }.hex
    }
  }
}
