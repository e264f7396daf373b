internal import NIOCore
internal import TrainCore

/// An artifact as a tar archive (POSIX.1-2001, ustar with pax headers where they are needed): the same artifact always
/// gives the same bytes. Entries in the artifact's order, times 1970-01-01, mode 0644, no entries for directories.
struct TarLayout: UploadLayout {
  private let files: [Artifact.File]
  private let directory: String
  /// Where each file's headers begin, then where the end of the archive begins.
  private let starts: [Int64]
  let bytes: Int64

  /// - Parameter directory: what the artifact's paths are relative to.
  init(_ artifact: Artifact, in directory: String) {
    self.directory = directory
    files = artifact.files
    var starts: [Int64] = []
    var next: Int64 = 0
    for file in artifact.files {
      starts.append(next)
      next += Int64(TarRecords.headers(of: file).count) + file.bytes + Self.padding(of: file)
    }
    starts.append(next)
    self.starts = starts
    bytes = next + Self.end
  }

  private static let end: Int64 = 1024
  private static func padding(of file: Artifact.File) -> Int64 { (512 - file.bytes % 512) % 512 }

  func piece(at offset: Int64) -> (piece: LayoutPiece, start: Int64, length: Int64) {
    guard offset < starts[files.count] else {
      return (.bytes(ByteBuffer(repeating: 0, count: Int(Self.end))), starts[files.count], Self.end)
    }
    var low = 0
    var high = files.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    let file = files[low]
    let headers = TarRecords.headers(of: file)
    let data = starts[low] + Int64(headers.count)
    if offset < data { return (.bytes(ByteBuffer(bytes: headers)), starts[low], Int64(headers.count)) }
    if offset < data + file.bytes { return (.file(index: low, path: "\(directory)/\(file.path)"), data, file.bytes) }
    let padding = Self.padding(of: file)
    return (.bytes(ByteBuffer(repeating: 0, count: Int(padding))), data + file.bytes, padding)
  }
}
