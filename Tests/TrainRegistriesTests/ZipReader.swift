import TrainCore
import TrainTestKit

/// Reads a ZIP of stored entries from its end, as a reader does that knows nothing of how it was written.
struct ZipReader {
  struct Entry: Equatable {
    var path: String
    var bytes: Int
    var offset: Int
    var crc32: UInt32
  }
  struct Broken: Error { var why: String }

  let entries: [Entry]
  /// Bytes before `start` are not there (so that large archives can be read without their data).
  private let tail: [UInt8]
  private let start: Int

  init(_ whole: [UInt8]) throws { try self.init(tail: whole, startingAt: 0) }

  init(tail: [UInt8], startingAt start: Int) throws {
    self.tail = tail
    self.start = start
    func number(_ at: Int, _ width: Int) throws -> Int {
      guard at >= start, at + width <= start + tail.count else { throw Broken(why: "nothing at \(at)") }
      return (0..<width).reversed().reduce(0) { $0 << 8 | Int(tail[at - start + $1]) }
    }
    let end = start + tail.count - 22
    guard try number(end, 4) == 0x0605_4b50 else { throw Broken(why: "no end record") }
    var count = try number(end + 10, 2)
    var length = try number(end + 12, 4)
    var position = try number(end + 16, 4)
    if count == 0xffff || length == 0xffff_ffff || position == 0xffff_ffff {
      guard try number(end - 20, 4) == 0x0706_4b50 else { throw Broken(why: "no ZIP64 locator") }
      let record = try number(end - 12, 8)
      guard try number(record, 4) == 0x0606_4b50 else { throw Broken(why: "no ZIP64 end record") }
      count = try number(record + 32, 8)
      length = try number(record + 40, 8)
      position = try number(record + 48, 8)
    }
    let directoryEnd = position + length
    var entries: [Entry] = []
    for _ in 0..<count {
      guard try number(position, 4) == 0x0201_4b50, try number(position + 10, 2) == 0 else {
        throw Broken(why: "no central header of a stored entry")
      }
      var bytes = try number(position + 24, 4)
      var offset = try number(position + 42, 4)
      let nameLength = try number(position + 28, 2)
      let extraLength = try number(position + 30, 2)
      let name = tail[(position + 46 - start)..<(position + 46 + nameLength - start)]
      var extra = position + 46 + nameLength + 4
      if bytes == 0xffff_ffff {
        bytes = try number(extra, 8)
        extra += 16
      }
      if offset == 0xffff_ffff { offset = try number(extra, 8) }
      entries.append(
        Entry(
          path: String(decoding: name, as: UTF8.self), bytes: bytes, offset: offset,
          crc32: UInt32(try number(position + 16, 4))))
      position += 46 + nameLength + extraLength
    }
    guard position == directoryEnd else { throw Broken(why: "the directory has another length than its end says") }
    self.entries = entries
  }

  /// All entries' bytes, checked against their CRC.
  func contents() throws -> [String: [UInt8]] {
    var contents: [String: [UInt8]] = [:]
    for entry in entries {
      let at = entry.offset - start
      let name = Int(tail[at + 26]) | Int(tail[at + 27]) << 8
      let extra = Int(tail[at + 28]) | Int(tail[at + 29]) << 8
      guard Array(tail[at..<(at + 4)]) == [0x50, 0x4b, 3, 4],
        String(decoding: tail[(at + 30)..<(at + 30 + name)], as: UTF8.self) == entry.path
      else { throw Broken(why: "no local header for \(entry.path)") }
      let data = at + 30 + name + extra
      let bytes = Array(tail[data..<(data + entry.bytes)])
      guard SampleRelease.digests(of: bytes).crc32 == entry.crc32 else { throw Broken(why: "CRC of \(entry.path)") }
      contents[entry.path] = bytes
    }
    return contents
  }
}
