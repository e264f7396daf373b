internal import Glibc
internal import TrainCore

/// The database file as it lies there, looked at without SQLite: nothing here changes it.
struct StoreFile {
  let path: String
  private let errors: StoreErrors

  init(path: String) {
    self.path = path
    errors = StoreErrors(path: path)
  }

  /// Returns whether there is a store; throws when there is something that is none, or that can't be used.
  func inspect() throws(Fault) -> Bool {
    try checkDirectory()
    guard let facts = FileFacts(path: path) else {
      guard errno == ENOENT else { throw unusable(FileFacts.lastError) }
      // SQLite would take the log for left-overs and delete it.
      if let log = FileFacts(path: path + "-wal"), log.bytes > 0 {
        throw corrupted("it is gone, but its log \(path)-wal is there")
      }
      return false
    }
    guard facts.isRegular else { throw unusable("it is not a file") }
    guard access(path, R_OK | W_OK) == 0 else { throw unusable(FileFacts.lastError) }
    try checkHeader()
    return true
  }

  /// Removes a database that is nobody's yet, with what SQLite puts beside it.
  static func remove(_ path: String) {
    for ending in ["", "-journal", "-wal", "-shm"] { unlink(path + ending) }
  }

  private func checkDirectory() throws(Fault) {
    let directory = FileFacts.directory(of: path)
    guard let facts = FileFacts(path: directory) else {
      throw Fault.permanent(
        .io, "could not open the store \(path): \(directory): \(FileFacts.lastError)",
        hint: "create the directory and give it to the user that traind runs as")
    }
    guard !facts.isRegular else { throw unusable("\(directory) is not a directory") }
    guard access(directory, W_OK | X_OK) == 0 else { throw unusable("\(directory): \(FileFacts.lastError)") }
  }

  private func checkHeader() throws(Fault) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw unusable(FileFacts.lastError) }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: 100)
    let count = read(file, &header, header.count)
    guard count >= 0 else { throw unusable(FileFacts.lastError) }
    // A store gets its name when it is whole, so not even an empty file is one that was about to be made.
    guard count == header.count, header.starts(with: "SQLite format 3\0".utf8) else {
      throw corrupted(count < header.count ? "it is cut off after \(count) bytes" : "it is not a database")
    }
    guard number(header, at: 68) == UInt32(bitPattern: Migrations.applicationID) else {
      throw corrupted("it is a database of another program")
    }
    try checkVersion(Int(number(header, at: 60)))
  }

  /// - Parameter version: `user_version`.
  func checkVersion(_ version: Int) throws(Fault) {
    guard version <= Migrations.version else {
      throw newer("its version is \(version), this traind knows versions up to \(Migrations.version)")
    }
  }

  func newer(_ why: String) -> Fault {
    .permanent(
      .unsupported, "could not open the store \(path): it was written by a newer traind: \(why)",
      hint: "install that newer traind again, or put back the backup made before the upgrade; the store was not touched"
    )
  }

  func corrupted(_ why: String) -> Fault {
    .permanent(.corrupted, "could not open the store \(path): \(why)", hint: errors.corruptedHint)
  }

  private func unusable(_ why: String) -> Fault {
    .permanent(.io, "could not open the store \(path): \(why)", hint: errors.permissionHint)
  }

  /// SQLite's headers are big-endian.
  private func number(_ header: [UInt8], at offset: Int) -> UInt32 {
    header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
