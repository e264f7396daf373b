internal import Glibc
internal import TrainCore

/// The copy of the store that `trainctl backup` is sent, for the moment that it has a name in the state directory.
enum BackupFile {
  private static let prefix = "backup."

  static func path(in stateDirectory: String, at now: Timestamp) -> String {
    "\(stateDirectory)/\(prefix)\(now.milliseconds).tmp"
  }

  /// What a daemon left that died while it made one.
  static func removeLeftovers(in stateDirectory: String, _ boundary: Boundary) {
    guard let handle = opendir(stateDirectory) else { return }
    defer { closedir(handle) }
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.contains(".tmp") else { continue }
      boundary.cross(.controlRemoveBackup) { unlink("\(stateDirectory)/\(name)") }
    }
  }
}
