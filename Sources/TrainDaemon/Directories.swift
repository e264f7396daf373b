internal import Glibc

enum Directories {
  static func make(_ path: String, mode: mode_t) throws(DaemonFailure) {
    if mkdir(path, mode) == 0 || errno == EEXIST {
      guard access(path, W_OK | X_OK) == 0 else {
        throw DaemonFailure(
          .failed, "\(path) can't be written: \(String(cString: strerror(errno)))",
          hint: "it must belong to the user that traind runs as")
      }
      return
    }
    let why = errno
    if why == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try make(String(path[..<slash]), mode: 0o755)
      try make(path, mode: mode)
      return
    }
    throw DaemonFailure(
      .failed, "could not make \(path): \(String(cString: strerror(why)))",
      hint: "make it, owned by the user that traind runs as, or give another with --state-dir or --runtime-dir")
  }
}
