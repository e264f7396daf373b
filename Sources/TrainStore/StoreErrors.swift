internal import GRDB
internal import TrainCore

/// What went wrong below, as the ``Fault`` that the port promises.
struct StoreErrors: Sendable {
  var path: String
  /// More connections to an open store are made as they are needed: one that can't be made now can be later.
  var isOpen = false

  /// - Parameter doing: completes "could not ...".
  func fault(_ error: any Error, doing: String) -> Fault {
    switch error {
    case let fault as Fault: fault
    case let error as DatabaseError: fault(error, doing: doing)
    case let error as Unreadable:
      .permanent(
        .corrupted, "could not \(doing): \(path) holds something that can't be understood: \(error.what)",
        hint: corruptedHint)
    default: .permanent(.internalError, "could not \(doing) (\(path)): \(error)")
    }
  }

  private func fault(_ error: DatabaseError, doing: String) -> Fault {
    let message =
      "could not \(doing) (\(path)): \(error.message ?? "unknown error"), SQLite \(error.extendedResultCode.rawValue)"
    switch error.extendedResultCode {
    case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC:
      return Fault(
        .outcomeUnknown, message,
        hint: "the disk failed to confirm a write: restart traind, which reads what is really there; check the disk",
        disposition: .permanent, effect: .unknown)
    case .SQLITE_IOERR_SHMSIZE: return full(message)
    case .SQLITE_IOERR_CORRUPTFS: return .permanent(.corrupted, message, hint: corruptedHint)
    default: break
    }
    switch error.resultCode {
    case .SQLITE_FULL: return full(message)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
      return .permanent(.corrupted, message, hint: corruptedHint)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      return .transient(.io, message, hint: "another program holds the store open: close it", effect: .none)
    case .SQLITE_IOERR, .SQLITE_PROTOCOL, .SQLITE_NOMEM, .SQLITE_INTERRUPT, .SQLITE_ABORT:
      return .transient(.io, message, hint: "check the disk and the system's log", effect: .none)
    case .SQLITE_CANTOPEN where isOpen:
      return .transient(
        .io, message, hint: "are there file descriptors left? raise LimitNOFILE for traind", effect: .none)
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY:
      return .permanent(.io, message, hint: permissionHint)
    case .SQLITE_MISUSE: return .permanent(.interrupted, "could not \(doing): the store \(path) is closed")
    default: return .permanent(.internalError, message)
    }
  }

  private func full(_ message: String) -> Fault {
    .transient(.diskFull, message, hint: "free space on the file system of \(path)", effect: .none)
  }

  var corruptedHint: String {
    "traind never replaces or repairs it: put a backup in its place and remove \(path)-wal, or move it away to begin without history "
      + "(jobs that are known to their platform are then looked up there before anything is submitted)"
  }

  var permissionHint: String {
    "traind must own the directory and be able to write in it: check owner, mode and mount options"
  }
}

/// A row that no release could have written.
struct Unreadable: Error {
  var what: String
}
