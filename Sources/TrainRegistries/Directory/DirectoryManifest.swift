internal import Glibc
internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// The file beside a version's own files that says what they are and whose.
enum DirectoryManifest {
  /// A manifest is read into memory.
  static let limit: Int64 = 64 * 1024 * 1024
  static let names = ["manifest.json", "traind-manifest.json"]

  /// `manifest.json`, unless the artifact has a file of that name itself.
  static func name(for artifact: Artifact) -> String? {
    let taken = Set(artifact.files.map { $0.path.split(separator: "/").first.map(String.init) ?? "" })
    return names.first { !taken.contains($0) }
  }

  /// The manifest of that name in a version's folder; `nil` when there is none that can be read as one.
  static func read(_ name: String, in folder: borrowing Folder) throws(Fault) -> JSON? {
    guard let status = try folder.status(of: name), status.isRegular, status.bytes <= limit else { return nil }
    let file = try folder.file(name, O_RDONLY)
    var bytes = [UInt8](repeating: 0, count: Int(status.bytes))
    let count = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Fault) in try file.read(into: buffer, at: 0) }
    }
    bytes.removeLast(bytes.count - (try count.get()))
    return JSON(parsing: ByteBuffer(bytes: bytes))
  }
}
