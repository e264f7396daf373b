internal import GRDB
internal import Glibc
internal import TrainCore

/// A copy of the store as it is at one moment, taken while it is in use.
struct StoreBackup {
  let pool: DatabasePool
  let boundary: Boundary

  /// Replaces `path` in one step: nobody ever sees half a backup under that name.
  func write(to path: String) throws(Fault) {
    let partial = path + ".partial"
    guard !names(pool.path, path) else {
      throw Fault.permanent(
        .rejected, "could not back the store up to \(path): that is the store itself", hint: "name another file")
    }
    do {
      try boundary.cross(.storeBackup) { () throws in try copy(to: partial) }
      try boundary.cross(.storeBackupAppear) { () throws in
        guard FileFacts.sync(partial), rename(partial, path) == 0, FileFacts.sync(FileFacts.directory(of: path)) else {
          throw Failed(what: FileFacts.lastError)
        }
      }
    } catch {
      boundary.cross(.storeBackup) { StoreFile.remove(partial) }
      let why = (error as? DatabaseError)?.message ?? (error as? Failed)?.what ?? "\(error)"
      throw Fault.transient(
        .io, "could not back the store up to \(path): \(why)", hint: "check space and permissions there", effect: .none)
    }
  }

  private func copy(to partial: String) throws {
    StoreFile.remove(partial)
    // Nobody else may read what jobs are made of; SQLite takes the file as it finds it.
    let file = open(partial, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failed(what: FileFacts.lastError) }
    close(file)
    let copy = try DatabaseQueue(path: partial)
    try pool.backup(to: copy)
    // The copy's header says WAL as the store's does; a backup is one file that needs no second one.
    try copy.writeWithoutTransaction { db in _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE") }
    try copy.close()
  }

  private struct Failed: Error {
    var what: String
  }

  private func names(_ one: String, _ other: String) -> Bool {
    var a = stat()
    var b = stat()
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
  }
}
