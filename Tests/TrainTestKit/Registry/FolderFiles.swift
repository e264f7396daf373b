internal import FoundationEssentials

/// The files of a directory and of those in it.
enum FolderFiles {
  /// Their bytes, by path.
  static func contents(of folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      var isDirectory = false
      guard FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isDirectory), !isDirectory
      else { continue }
      files[path] = Array(FileManager.default.contents(atPath: "\(folder)/\(path)") ?? Data())
    }
    return files
  }
}
