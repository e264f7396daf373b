internal import TrainCore

/// How a release's files are cut: each is an upload of its own, small ones in one piece.
struct TrueFoundryLayout: Sendable {
  struct File: Sendable {
    var index: Int
    var path: String
    var bytes: Int64
    /// Bytes of the files before it.
    var base: Int64
    /// Bytes of a part.
    var part: Int64
    /// Sent in parts that are put together afterwards, even if it is only one.
    var isMultipart: Bool
    var digests: FileDigests

    var count: Int { isMultipart ? Int((bytes + part - 1) / part) : 1 }

    /// The file's part with that index, as the port names it.
    func part(at index: Int) -> UploadPart {
      let start = isMultipart ? Int64(index) * part : 0
      let length = isMultipart ? min(part, bytes - start) : bytes
      return UploadPart(
        number: self.index * TrueFoundryLayout.mostParts + index, file: self.index, offset: base + start, length: length
      )
    }
  }

  /// More addresses than that are not asked for at once: the vendor's own client asks for as many.
  static let mostParts = 1000
  /// As many parts a file has unless its addresses run out: each address costs half a kilobyte of state.
  static let usualParts: Int64 = 500
  /// The vendor's client goes no higher; S3 ends at 5 GiB.
  static let largestPart: Int64 = 4000 * 1024 * 1024
  private static let step: Int64 = 1024 * 1024

  let files: [File]

  init(_ artifact: Artifact, _ session: TrueFoundrySession) {
    var base: Int64 = 0
    files = artifact.files.enumerated().map { index, file in
      defer { base += file.bytes }
      return File(
        index: index, path: file.path, bytes: file.bytes, base: base,
        part: session.larger[index] ?? Self.part(of: file.bytes, usual: session.part),
        isMultipart: file.bytes > 2 * session.part, digests: file.digests)
    }
  }

  /// How large the parts of a file are as long as nothing speaks against it.
  static func part(of bytes: Int64, usual: Int64) -> Int64 {
    let needed = (bytes + usualParts - 1) / usualParts
    return needed <= usual ? usual : (needed + step - 1) / step * step
  }

  /// The file that a part belongs to, and the part's index in it. Fault `.misaligned` for a part of another plan.
  func place(of part: UploadPart) throws(Fault) -> (file: File, index: Int) {
    let (file, index) = part.number.quotientAndRemainder(dividingBy: Self.mostParts)
    guard files.indices.contains(file), index < files[file].count, files[file].part(at: index) == part else {
      // The plan was made before the file's parts became larger.
      throw .transient(.misaligned, "part \(part.number) is not one of this upload's any more", effect: .none)
    }
    return (files[file], index)
  }
}
