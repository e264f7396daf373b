internal import Glibc
internal import TrainControl

/// A file that the user named, opened as the user.
enum InputFile {
  /// Bytes; what the daemon takes.
  static let largest = 1 << 20

  static func isReadable(_ path: String) -> Bool { access(path, R_OK) == 0 }

  static func read(_ path: String, what: String, largest: Int = largest) throws(ControlError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed(what) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    while true {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
        count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw failed(what)
      }
      bytes += chunk
      guard bytes.count <= largest else {
        throw ControlError(
          .tooLarge, what, "it is larger than the cap of \(largest) bytes", hint: "is it really the right file?")
      }
    }
  }

  private static func failed(_ what: String) -> ControlError {
    let kind: ControlError.Kind =
      switch errno {
      case ENOENT, ENOTDIR: .notFound
      case EACCES, EPERM: .notPermitted
      case EISDIR: .usage
      default: .failed
      }
    return ControlError(kind, what, String(cString: strerror(errno)), hint: "check the file's name and its mode")
  }
}
