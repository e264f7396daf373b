internal import Glibc
internal import TrainControl
internal import TrainCore

/// Fetches a file over the control socket into a place of the user's. It is written to a temporary file beside that place, resumes from
/// what is there (also of an earlier command), is compared with what the registry tells of it, then renamed.
struct FileDownload {
  let client: ControlClient
  /// The route.
  let path: String
  let query: [(String, String?)]
  let target: String
  let progress: ProgressLine?

  struct Outcome: Sendable {
    var bytes: Int64
    /// What the registry told and the file was compared with.
    var digest: String?
  }

  private var what: String { "download to \(target)" }
  private var partial: String { "\(target).partial" }
  /// Beside the partial file: the tag of what is in it.
  private var tagFile: String { "\(target).partial-tag" }

  func run() throws(ControlError) -> Outcome {
    defer { progress?.end() }
    if let whole = try unchanged() { return whole }
    let file = try TransferFile(partial, O_RDWR | O_CREAT | O_NOFOLLOW, what: what)
    try file.lock()
    var persistence = TransferRetry()
    while true {
      let before = try file.stamp().bytes
      do throws(ControlError) {
        return try finish(file, try receive(into: file))
      } catch {
        if try file.stamp().bytes != before { persistence.progressed() }
        try persistence.pause(after: error)
      }
    }
  }

  /// What is at the target already, if it is all of what the registry has.
  private func unchanged() throws(ControlError) -> Outcome? {
    guard access(target, F_OK) == 0 else { return nil }
    let file = try TransferFile(target, O_RDONLY, what: what)
    let bytes = try file.stamp().bytes
    guard bytes > 0 else { return nil }
    let reader = DownloadReader(try open(ResumePoint(offset: bytes)), what: what)
    guard let facts = try? reader.head(), facts.offset == bytes, facts.total == bytes else { return nil }
    if let digest = facts.digest, try file.digest(like: digest) != digest { return nil }
    return Outcome(bytes: bytes, digest: facts.digest)
  }

  private func open(_ point: ResumePoint) throws(ControlError) -> HTTPExchange {
    try client.open("GET", path, query + [("from", String(point.offset)), ("tag", point.tag)])
  }

  private func receive(into file: TransferFile) throws(ControlError) -> DownloadFacts {
    let held = try file.stamp().bytes
    let tag = try? InputFile.read(tagFile, what: what)
    let point = ResumePoint(offset: held, tag: tag.map { String(decoding: $0, as: UTF8.self) })
    let reader = DownloadReader(try open(point), what: what)
    let facts = try reader.head()
    guard facts.offset == 0 || facts.offset == held else {
      throw ControlError(.internalError, what, "asked from byte \(held), got byte \(facts.offset)")
    }
    if facts.offset < held { try file.truncate(to: facts.offset) }
    if facts.tag != point.tag || facts.offset == 0 { try remember(facts.tag) }
    var end = facts.offset
    while let bytes = try reader.next() {
      try file.write(bytes, at: end)
      end += Int64(bytes.count)
      progress?.show(end, of: facts.total)
    }
    if let total = facts.total, end != total {
      // More than there is can't be resumed.
      if end > total { try file.truncate(to: 0) }
      throw ControlError(.tryAgain, what, "\(end) bytes of \(total) came")
    }
    return facts
  }

  private func remember(_ tag: String?) throws(ControlError) {
    guard let tag else {
      unlink(tagFile)
      return
    }
    let file = try TransferFile(tagFile, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, what: what)
    try file.write(Array(tag.utf8), at: 0)
  }

  private func finish(_ file: TransferFile, _ facts: DownloadFacts) throws(ControlError) -> Outcome {
    if let digest = facts.digest, let found = try file.digest(like: digest), found != digest {
      try file.truncate(to: 0)
      throw ControlError(
        .failed, what, "what came has \(found), the registry says \(digest)",
        hint: "it was thrown away; is the registry's copy damaged?")
    }
    let bytes = try file.stamp().bytes
    try file.synchronize()
    guard rename(partial, target) == 0 else { throw TransferFile.failed(what) }
    unlink(tagFile)
    return Outcome(bytes: bytes, digest: facts.digest)
  }
}
