internal import Glibc
internal import TrainCore

/// One daemon for each state directory. Held for as long as the value lives; the kernel lets go of it when the process
/// dies.
struct InstanceLock: ~Copyable {
  private let descriptor: Int32

  init(stateDirectory: String, _ boundary: Boundary) throws(DaemonFailure) {
    let path = "\(stateDirectory)/lock"
    descriptor = boundary.cross(.daemonLock) { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else {
      throw DaemonFailure(
        .failed, "could not open \(path): \(String(cString: strerror(errno)))",
        hint: "the state directory must belong to the user that traind runs as")
    }
    // A lock of the process, not of the open file: a child that is on its way to its own program has a copy of the
    // file for a moment, and would hold the other kind beyond our death.
    var lock = Glibc.flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    guard fcntl(descriptor, F_SETLK, &lock) == 0 else {
      let why = errno
      close(descriptor)
      guard why == EAGAIN || why == EACCES else {
        throw DaemonFailure(.failed, "could not lock \(path): \(String(cString: strerror(why)))")
      }
      throw DaemonFailure(
        .tryAgain, "another traind uses \(stateDirectory)",
        hint: "stop it, or give this one another --state-dir")
    }
  }

  deinit { close(descriptor) }
}
