internal import TrainCore
internal import TrainTransport

/// The addresses of one file's parts and of their putting together. They are handed out once: the API neither lists nor
/// signs them again.
struct TrueFoundryMultipart: Sendable {
  /// Our own name for it, in receipts.
  var reference: String
  /// How the parts are named when they are put together; `nil` = by number and ETag, as S3 does.
  var blocks: [String]?
  var parts: [SignedAddress]
  var finish: SignedAddress

  init(reference: String, blocks: [String]?, parts: [SignedAddress], finish: SignedAddress) {
    self.reference = reference
    self.blocks = blocks
    self.parts = parts
    self.finish = finish
  }

  /// - Parameter count: how many parts were asked for. `nil` when the answer does not have them.
  init?(_ json: JSON?, count: Int, reference: String, at time: any TimeSource) {
    guard let json, let parts = json["part_signed_urls"]?.array?.compactMap({ $0["signed_url"]?.string }),
      parts.count == count, let finish = json["finalize_signed_url"]?["signed_url"]?.string
    else { return nil }
    if json["storage_provider"]?.string == "AZURE_BLOB" {
      guard let blocks = json["azure_blob_block_ids"]?.array?.compactMap(\.string), blocks.count == count else {
        return nil
      }
      self.blocks = blocks
    } else {
      blocks = nil
    }
    self.reference = reference
    self.parts = parts.map { SignedAddress($0, at: time) }
    self.finish = SignedAddress(finish, at: time)
  }

  /// All that is needed to go on after a restart. Full of secrets.
  func packed(at time: any TimeSource) -> JSON {
    let started = time.now.milliseconds - time.monotonic.wholeMilliseconds
    var packed: JSON = [
      "urls": Self.columns(of: parts.map { $0.url.reveal() }),
      "due": .int(started + (parts.map(\.due).min() ?? .zero).wholeMilliseconds),
      "finish": .string(finish.url.reveal()), "finish_due": .int(started + finish.due.wholeMilliseconds),
    ]
    if let blocks { packed["blocks"] = .array(blocks.map(JSON.string)) }
    return packed
  }

  /// - Parameter count: how many parts the file has.
  init?(packed: JSON, count: Int, reference: String, at time: any TimeSource) {
    let started = time.now.milliseconds - time.monotonic.wholeMilliseconds
    guard let urls = Self.rows(of: packed["urls"]), urls.count == count, let due = packed["due"]?.int,
      let finish = packed["finish"]?.string, let finishDue = packed["finish_due"]?.int
    else { return nil }
    self.reference = reference
    blocks = packed["blocks"]?.array?.compactMap(\.string)
    parts = urls.map { SignedAddress(url: Secret($0), due: .milliseconds(due - started)) }
    self.finish = SignedAddress(url: Secret(finish), due: .milliseconds(finishDue - started))
  }

  /// The addresses of an upload differ in a number and a signature: the rest is kept once.
  static func columns(of urls: [String]) -> JSON {
    let rows = urls.map { $0.split(separator: "&", omittingEmptySubsequences: false).map(String.init) }
    guard let width = rows.first?.count, rows.allSatisfy({ $0.count == width }) else {
      return .array(urls.map { .array([.string($0)]) })
    }
    return .array(
      (0..<width).map { column in
        let values = rows.map { $0[column] }
        return Set(values).count == 1
          ? ["all": .string(values[0]), "count": .int(Int64(values.count))] : .array(values.map(JSON.string))
      })
  }

  static func rows(of columns: JSON?) -> [String]? {
    guard let columns = columns?.array else { return nil }
    var rows: [[String]] = []
    for column in columns {
      let values: [String]
      if let all = column["all"]?.string, let count = column["count"]?.int, (0...10_000).contains(count) {
        values = Array(repeating: all, count: Int(count))
      } else {
        values = column.array?.compactMap(\.string) ?? []
      }
      if rows.isEmpty {
        rows = values.map { [$0] }
      } else {
        guard values.count == rows.count else { return nil }
        for index in rows.indices { rows[index].append(values[index]) }
      }
    }
    return rows.map { $0.joined(separator: "&") }
  }
}
