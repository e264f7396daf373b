internal import Glibc
public import TrainCore

extension Fault {
  /// A failed local file operation. No space and too many open files pass; the rest waits for an operator.
  /// - Parameter doing: what was being done to what, as "opening /path".
  public static func ofErrno(_ number: Int32, _ doing: String) -> Fault {
    let why = String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT:
      return .transient(.diskFull, "\(doing): \(why)", hint: "free some space; traind tries again", effect: .none)
    case ENOENT, ENOTDIR:
      return .permanent(.notFound, "\(doing): \(why)", hint: "does the path exist?")
    case EACCES, EPERM, EROFS:
      return .permanent(
        .io, "\(doing): \(why)",
        hint: "let the daemon's user reach it (owner and mode; under systemd also ReadWritePaths=)")
    case ELOOP:
      return .permanent(.io, "\(doing): it is a symbolic link", hint: "links are not followed here")
    case EMFILE, ENFILE, ENOMEM, EAGAIN, EBUSY, EINTR, ESTALE, EIO, ETIMEDOUT:
      return .transient(.io, "\(doing): \(why)")
    default:
      return .permanent(.io, "\(doing): \(why)")
    }
  }
}
