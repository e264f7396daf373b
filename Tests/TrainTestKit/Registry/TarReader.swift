internal import Foundation

/// Lets the system's own tar and gzip read an archive: they know nothing of how it was written.
public enum TarReader {
  struct Broken: Error { var status: Int32 }

  /// The files of a `.tar.gz`, by path.
  public static func contents(ofGzip bytes: [UInt8]) throws -> [String: [UInt8]] {
    let place = FileManager.default.temporaryDirectory.appending(path: "traind-tar-\(UUID().uuidString)")
    let unpacked = place.appending(path: "unpacked")
    try FileManager.default.createDirectory(at: unpacked, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let archive = place.appending(path: "x.tar.gz")
    try Data(bytes).write(to: archive)
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "--extract", "--gzip", "--file", archive.path(), "--directory", unpacked.path()]
    try tar.run()
    tar.waitUntilExit()
    guard tar.terminationStatus == 0 else { throw Broken(status: tar.terminationStatus) }
    var contents: [String: [UInt8]] = [:]
    let root = unpacked.resolvingSymlinksInPath().path(percentEncoded: false)
    let found = FileManager.default.enumerator(at: unpacked, includingPropertiesForKeys: [.isRegularFileKey])
    for case let url as URL in found ?? .init() {
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let path = url.resolvingSymlinksInPath().path(percentEncoded: false).dropFirst(root.count).drop { $0 == "/" }
      contents[String(path)] = Array(try Data(contentsOf: url))
    }
    return contents
  }
}
