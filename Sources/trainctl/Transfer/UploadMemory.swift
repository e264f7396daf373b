internal import Crypto
internal import Glibc
internal import TrainControl
internal import TrainCore

/// What is needed to resume an upload of a file in a later command: a small file in the user's own state directory.
/// Without a home there is none, and an interrupted upload begins again.
struct UploadMemory {
  private let path: String?

  /// - Parameter stamp: of the file as it is: a changed one is another upload.
  init(registry: String, stamp: TransferFile.Stamp) {
    let key = "\(registry)\n\(stamp.device) \(stamp.inode) \(stamp.bytes) \(stamp.modified)"
    path = Self.directory.map { "\($0)/\(Hex.text(SHA256.hash(data: Array(key.utf8)))).json" }
  }

  private static var directory: String? {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    return (variable("XDG_STATE_HOME") ?? variable("HOME").map { "\($0)/.local/state" }).map { "\($0)/traind/uploads" }
  }

  var session: UploadSession? {
    guard let path, let bytes = try? InputFile.read(path, what: "read \(path)"),
      let json = try? JSON.parse(bytes, what: path)
    else { return nil }
    return try? UploadSession(wire: json)
  }

  /// What can't be kept costs only the bytes that were sent.
  func remember(_ session: UploadSession) {
    guard let path else { return }
    var end = path.startIndex
    while let slash = path[path.index(after: end)...].firstIndex(of: "/") {
      mkdir(String(path[..<slash]), 0o700)
      end = slash
    }
    guard let file = try? OutputFile(path, what: "write \(path)") else { return }
    try? file.write(session.wire.wireBytes)
    try? file.commit()
  }

  func forget() {
    if let path { unlink(path) }
  }
}
