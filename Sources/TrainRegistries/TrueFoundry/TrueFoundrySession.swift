internal import TrainCore

/// What an open upload needs to go on after a restart. Signed addresses are not part of it.
struct TrueFoundrySession: Hashable, Sendable {
  static let version = 1

  /// The staged version's id.
  var staged: String
  /// Where the API wants its files.
  var root: String
  /// Bytes of a part.
  var part: Int64
  /// Bytes of a part of those files whose addresses ran out before all was sent, by the file's index.
  var larger: [Int: Int64] = [:]
  /// All bytes are there: from now on a commit may have been sent.
  var isSealed = false

  var stored: UploadSession {
    var state: JSON = [
      "staged": .string(staged), "root": .string(root), "part": .int(part), "sealed": .bool(isSealed),
    ]
    if !larger.isEmpty {
      state["larger"] = .object(
        Dictionary(uniqueKeysWithValues: larger.map { (String($0.key), .int($0.value)) }))
    }
    return UploadSession(version: Self.version, state: state)
  }

  init(staged: String, root: String, part: Int64) {
    self.staged = staged
    self.root = root
    self.part = part
  }

  /// Fault `.sessionExpired` when the stored session cannot be used: a new one is opened.
  init(_ session: UploadSession) throws(Fault) {
    let state = session.state
    guard session.version == Self.version, let staged = state["staged"]?.string, TrueFoundryVersions.isSafe(staged),
      let root = state["root"]?.string, let part = state["part"]?.int, part > 0, let isSealed = state["sealed"]?.bool
    else { throw .transient(.sessionExpired, "a stored upload to TrueFoundry cannot be read", effect: .none) }
    self.init(staged: staged, root: root, part: part)
    self.isSealed = isSealed
    for (index, bytes) in state["larger"]?.object ?? [:] {
      if let index = Int(index), let bytes = bytes.int, bytes > 0 { larger[index] = bytes }
    }
  }
}
