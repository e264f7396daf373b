internal import GRDB
internal import Glibc
internal import TrainCore

/// From a path to a pool that may be written to. What is there is looked at through a read-only connection first, so
/// that a store which is damaged or newer than we are stays as it is, byte for byte.
struct StoreOpening {
  let path: String
  var boundary = Boundary()
  /// Told of every statement of the writer; for tests.
  var statements: (@Sendable (String) -> Void)?

  /// Checking a page costs about as much as reading it. Up to this size that is done at every start; a larger store is
  /// checked as far as its header and schema (which finds one that was cut off), and each read reports what it meets.
  static let largestChecked: Int64 = 64 << 20

  private var file: StoreFile { StoreFile(path: path) }
  private var errors: StoreErrors { StoreErrors(path: path) }

  func open() throws(Fault) -> DatabasePool {
    if try file.inspect() { try check() } else { try create() }
    do {
      let pool = try boundary.cross(.storeOpen) { () throws in
        let pool = try DatabasePool(path: path, configuration: configuration)
        try Migrations.migrator.migrate(pool)
        return pool
      }
      try pool.writeWithoutTransaction { db in
        // After opening: the pool sets NORMAL by itself, in which a power cut takes commits back.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
          throw Fault.permanent(
            .internalError, "could not open the store \(path): SQLite does not take synchronous = FULL")
        }
        // The log goes back to this size when it starts again.
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(16 << 20)")
      }
      return pool
    } catch {
      throw errors.fault(error, doing: "open the store")
    }
  }

  /// A new store is made whole under another name: no crash leaves a half of one that would have to be understood.
  private func create() throws(Fault) {
    let new = path + ".new"
    do {
      try boundary.cross(.storeMakeFile) { () throws in
        StoreFile.remove(new)
        let made = Glibc.open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { throw systemFault() }
        close(made)
      }
      try boundary.cross(.storeMigrate) { () throws in
        let queue = try DatabaseQueue(path: new, configuration: configuration)
        try Migrations.migrator.migrate(queue)
        try queue.close()
      }
      try boundary.cross(.storeAppear) { () throws in
        guard FileFacts.sync(new), rename(new, path) == 0, FileFacts.sync(FileFacts.directory(of: path)) else {
          throw systemFault()
        }
      }
    } catch {
      boundary.cross(.storeMakeFile) { StoreFile.remove(new) }
      throw errors.fault(error, doing: "create the store")
    }
  }

  private func systemFault() -> Fault {
    let full = errno == ENOSPC || errno == EDQUOT
    let message = "could not create the store \(path): \(FileFacts.lastError)"
    return full
      ? .transient(.diskFull, message, hint: "free space on that file system", effect: .none)
      : .permanent(.io, message, hint: errors.permissionHint)
  }

  private func check() throws(Fault) {
    var readOnly = configuration
    readOnly.readonly = true
    do {
      let queue = try DatabaseQueue(path: path, configuration: readOnly)
      try queue.read { db in
        try file.checkVersion(Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0)
        if try Migrations.migrator.hasBeenSuperseded(db) { throw file.newer("it went on after `\(Migrations.newest)`") }
        // Reads the whole schema, and compares the file's length with its header.
        _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
        guard let bytes = FileFacts(path: path)?.bytes, bytes <= Self.largestChecked else { return }
        let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no answer"
        guard verdict == "ok" else { throw file.corrupted(verdict) }
      }
      try queue.close()
    } catch {
      throw errors.fault(error, doing: "open the store")
    }
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "traind.store"
    configuration.busyMode = .timeout(5)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { [statements] db in
      // What SQLite would put into files of /tmp: a savepoint must not depend on another file system.
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      try db.execute(sql: "PRAGMA cell_size_check = ON")
      guard let statements, !db.configuration.readonly else { return }
      db.trace { statements("\($0)") }
    }
    return configuration
  }
}
