internal import Glibc
internal import TrainCore

enum Directories {
  static func make(_ path: String, mode: mode_t, _ boundary: Boundary) throws(DaemonFailure) {
    let why = boundary.cross(.daemonMakeDirectory) { mkdir(path, mode) == 0 ? 0 : errno }
    if why == 0 || why == EEXIST {
      guard access(path, W_OK | X_OK) == 0 else {
        throw DaemonFailure(
          .failed, "\(path) can't be written: \(String(cString: strerror(errno)))",
          hint: "it must belong to the user that traind runs as")
      }
      return
    }
    if why == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
      try make(String(path[..<slash]), mode: 0o755, boundary)
      try make(path, mode: mode, boundary)
      return
    }
    throw DaemonFailure(
      .failed, "could not make \(path): \(String(cString: strerror(why)))",
      hint: "make it, owned by the user that traind runs as, or give another with --state-dir or --runtime-dir")
  }
}
