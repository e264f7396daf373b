internal import FoundationEssentials

/// Lets the system's own tar and gzip read an archive: they know nothing of how it was written.
public enum TarReader {
  struct Broken: Error { var exit: RealProcess.Exit }

  /// The files of a `.tar.gz`, by path.
  public static func contents(ofGzip bytes: [UInt8]) async throws -> [String: [UInt8]] {
    try await TemporaryDirectory.with { place in
      let archive = "\(place)/x.tar.gz"
      let unpacked = "\(place)/unpacked"
      try FileManager.default.createDirectory(atPath: unpacked, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(filePath: archive))
      let tar = try RealProcess(
        ["/bin/tar", "--extract", "--gzip", "--file", archive, "--directory", unpacked],
        environment: ["PATH": "/usr/bin:/bin"], output: "\(place)/said")
      let exit = try await Patience.wait(for: "tar", every: .milliseconds(2)) { tar.exit }
      guard exit == .status(0) else { throw Broken(exit: exit) }
      return try FolderFiles.contents(of: unpacked)
    }
  }
}
