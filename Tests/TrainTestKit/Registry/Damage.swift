internal import FoundationEssentials

/// What disks do to files.
public enum Damage {
  /// Changes one byte of a file, nothing else.
  public static func flip(_ path: String) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    data[data.count / 2] ^= 1
    try data.write(to: URL(filePath: path))
  }
}
