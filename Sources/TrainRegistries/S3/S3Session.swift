internal import TrainCore

/// What an upload to S3 needs to go on after a restart.
struct S3Session: Hashable, Sendable {
  /// A multipart upload that was begun.
  struct Open: Hashable, Sendable {
    var key: String
    var id: String
  }

  /// A part's receipt counts for the session that it was given in, no other.
  var mark: String
  /// Bytes of a part. A file that is no longer is sent whole.
  var part: Int64
  /// The open multipart uploads, by the file's index. A longer file that has none is there already.
  var uploads: [Int: Open]
  /// Each file's ETag, once all are there.
  var etags: [String]?

  static let version = 1

  init(mark: String, part: Int64, uploads: [Int: Open] = [:], etags: [String]? = nil) {
    self.mark = mark
    self.part = part
    self.uploads = uploads
    self.etags = etags
  }

  /// Fault `.sessionExpired` when the stored session cannot be used: a new one is opened.
  init(_ session: UploadSession) throws(Fault) {
    let state = session.state
    guard session.version == Self.version, let mark = state["mark"]?.string, let part = state["part"]?.int, part > 0,
      let members = state["uploads"]?.object
    else { throw .transient(.sessionExpired, "a stored upload to S3 cannot be read", effect: .none) }
    self.mark = mark
    self.part = part
    uploads = [:]
    for (index, open) in members {
      guard let index = Int(index), let key = open["key"]?.string, let id = open["id"]?.string else { continue }
      uploads[index] = Open(key: key, id: id)
    }
    etags = state["etags"]?.array?.compactMap(\.string)
  }

  var stored: UploadSession {
    let open = uploads.map { index, open -> (String, JSON) in
      (String(index), ["key": .string(open.key), "id": .string(open.id)])
    }
    var state: JSON = [
      "mark": .string(mark), "part": .int(part), "uploads": .object(Dictionary(uniqueKeysWithValues: open)),
    ]
    if let etags { state["etags"] = .array(etags.map(JSON.string)) }
    return UploadSession(version: Self.version, state: state)
  }

  func isWhole(_ file: Artifact.File) -> Bool { file.bytes <= part }

  /// - Parameter crc32c: of the bytes that the far side compared with the signature.
  func receipt(for part: UploadPart, etag: String, crc32c: UInt32) -> PartReceipt {
    PartReceipt(number: part.number, offset: part.offset, length: part.length, token: "\(mark) \(etag) \(crc32c)")
  }

  /// The ETag that a part was answered with in this session, last.
  func etag(of part: UploadPart, in receipts: [PartReceipt]) -> String? { word(1, of: part, in: receipts) }

  /// The CRC-32C of a file as its parts were sent; `nil` when not all of them have a receipt that tells.
  func crc32c(of parts: [UploadPart], in receipts: [PartReceipt]) -> UInt32? {
    let told = parts.compactMap { part in
      word(2, of: part, in: receipts).flatMap { UInt32($0) }.map { (crc: $0, bytes: part.length) }
    }
    return told.count == parts.count ? CRC32.castagnoli.joined(told) : nil
  }

  private func word(_ index: Int, of part: UploadPart, in receipts: [PartReceipt]) -> String? {
    let found = receipts.last {
      $0.number == part.number && $0.offset == part.offset && $0.length == part.length && $0.token.hasPrefix("\(mark) ")
    }
    let words = found?.token.split(separator: " ") ?? []
    return words.count > index ? String(words[index]) : nil
  }

  /// The parts of every file, by the file's index; numbered through all of them. An empty file has one, of no bytes.
  func parts(of artifact: Artifact) -> [[UploadPart]] {
    var number = 0
    return artifact.files.enumerated().map { index, file in
      var parts: [UploadPart] = []
      var offset: Int64 = 0
      repeat {
        let length = min(part, file.bytes - offset)
        parts.append(UploadPart(number: number, file: index, offset: offset, length: length))
        number += 1
        offset += length
      } while offset < file.bytes
      return parts
    }
  }

  /// S3's number for a part, from 1.
  func number(of part: UploadPart) -> Int { Int(part.offset / self.part) + 1 }
}
