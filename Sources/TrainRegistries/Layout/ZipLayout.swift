internal import NIOCore
internal import TrainCore

/// An artifact as a ZIP whose entries are stored, not compressed (APPNOTE 6.3.3), as a layout: the same artifact always
/// gives the same bytes. Entries in the artifact's order, times 1980-01-01, mode 0644, ZIP64 fields only where they
/// are needed.
struct ZipLayout: UploadLayout {
  private let files: [Artifact.File]
  private let directory: String
  /// Where each file's local header begins, then where the central directory begins.
  private let starts: [Int64]
  /// Where each file's central header begins, then where the end records begin.
  private let centralStarts: [Int64]
  let bytes: Int64

  /// - Parameter directory: what the artifact's paths are relative to.
  init(_ artifact: Artifact, in directory: String) {
    self.directory = directory
    files = artifact.files
    var starts: [Int64] = []
    var next: Int64 = 0
    for file in artifact.files {
      starts.append(next)
      next += Int64(ZipRecords.localLength(file)) + file.bytes
    }
    starts.append(next)
    var centralStarts: [Int64] = []
    for (file, start) in zip(artifact.files, starts) {
      centralStarts.append(next)
      next += Int64(ZipRecords.centralLength(file, at: start))
    }
    centralStarts.append(next)
    self.starts = starts
    self.centralStarts = centralStarts
    let central = next - starts[starts.count - 1]
    bytes =
      next
      + Int64(ZipRecords.end(count: artifact.files.count, at: starts[starts.count - 1], length: central).readableBytes)
  }

  func piece(at offset: Int64) -> (piece: LayoutPiece, start: Int64, length: Int64) {
    let central = starts[files.count]
    let end = centralStarts[files.count]
    if offset >= end {
      let records = ZipRecords.end(count: files.count, at: central, length: end - central)
      return (.bytes(records), end, Int64(records.readableBytes))
    }
    if offset >= central {
      let index = Self.last(of: centralStarts, notAfter: offset)
      let header = ZipRecords.central(files[index], at: starts[index])
      return (.bytes(header), centralStarts[index], Int64(header.readableBytes))
    }
    let index = Self.last(of: starts, notAfter: offset)
    let data = starts[index] + Int64(ZipRecords.localLength(files[index]))
    if offset < data { return (.bytes(ZipRecords.local(files[index])), starts[index], data - starts[index]) }
    return (.file(index: index, path: "\(directory)/\(files[index].path)"), data, files[index].bytes)
  }

  private static func last(of starts: [Int64], notAfter offset: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
