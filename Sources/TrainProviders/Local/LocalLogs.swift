internal import TrainCore
internal import TrainRunner

extension LocalCalls {
  /// Whole lines from a byte offset. A line that is not ended yet waits, unless it is longer than a page or the last
  /// one.
  func logs(_ key: String, after cursor: String?) async throws(Fault) -> LogPage {
    guard let offset = Int64(cursor ?? "0"), offset >= 0 else {
      throw .permanent(.rejected, "reading the log of \(key): \"\(cursor ?? "")\" is no place in it")
    }
    let limit = LocalProvider.logPage
    let page = try await perform(.localLogs, "reading the log of \(key)") {
      (client, interrupt) throws(RunnerError) in
      let (bytes, size, ended) = try client.logs(key, offset: offset, limit: limit, interrupt: interrupt)
      return Page(bytes: bytes, size: size, ended: ended)
    }
    let taken = LocalCalls.taken(of: page, from: offset, limit: limit)
    var text = String(decoding: taken, as: UTF8.self)
    if let last = taken.last, last != UInt8(ascii: "\n") { text += "\n" }
    let next = offset + Int64(taken.count)
    return LogPage(text: text, next: String(next), hasMore: !taken.isEmpty && next < page.size)
  }

  struct Page: Sendable {
    var bytes: [UInt8]
    var size: Int64
    var ended: Bool
  }

  static func taken(of page: Page, from offset: Int64, limit: Int) -> ArraySlice<UInt8> {
    let bytes = page.bytes[...]
    if let newline = bytes.lastIndex(of: UInt8(ascii: "\n")) { return bytes[...newline] }
    if page.ended && offset + Int64(bytes.count) >= page.size { return bytes }
    guard bytes.count >= limit else { return [] }
    // Not in the middle of a character.
    var end = bytes.endIndex
    for back in 1...4 where bytes.count >= back {
      let byte = bytes[bytes.endIndex - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      if length > back { end = bytes.endIndex - back }
      break
    }
    return bytes[..<end]
  }
}
