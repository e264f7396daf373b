internal import Glibc
public import TrainCore

/// Compares files with what was signed.
public struct SignedFiles: Sendable {
  public struct Match: Hashable, Sendable {
    public var path: String
    public var subject: Statement.Subject
  }

  private let statement: Statement

  public init(_ statement: Statement) { self.statement = statement }

  /// - Parameter path: a file that was signed, or a directory that holds every file that was.
  /// - Throws: `.corrupted` for other bytes, `.notFound` for a file that is not there.
  public func check(_ path: String) throws(Fault) -> [Match] {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw .permanent(.notFound, "there is no \(path): \(String(cString: strerror(errno)))")
    }
    if status.st_mode & S_IFMT != S_IFDIR { return [try checkFile(path)] }
    var matches: [Match] = []
    for subject in statement.subjects {
      // A name is another's word: it may not lead out of the directory.
      guard
        !subject.name.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
          $0.isEmpty || $0 == ".."
        })
      else { throw .permanent(.rejected, "the signed name '\(subject.name)' leaves its directory") }
      let file = "\(path)/\(subject.name)"
      try expect(try FileDigest.sha256(ofFile: file), subject, file)
      matches.append(Match(path: file, subject: subject))
    }
    return matches
  }

  private func checkFile(_ path: String) throws(Fault) -> Match {
    let digest = try FileDigest.sha256(ofFile: path)
    let fitting = statement.subjects.filter { $0.sha256 == digest }
    if let subject = fitting.first(where: { path == $0.name || path.hasSuffix("/\($0.name)") }) ?? fitting.first {
      return Match(path: path, subject: subject)
    }
    let name = path.split(separator: "/").last.map(String.init)
    if let subject = statement.subjects.first(where: { $0.name.split(separator: "/").last.map(String.init) == name }) {
      try expect(digest, subject, path)
    }
    throw .permanent(
      .corrupted, "\(path) (sha256:\(digest)) is none of the \(statement.subjects.count) files that were signed")
  }

  private func expect(_ digest: String, _ subject: Statement.Subject, _ path: String) throws(Fault) {
    guard digest != subject.sha256 else { return }
    throw .permanent(
      .corrupted, "\(path) has sha256:\(digest); signed was sha256:\(subject.sha256)",
      hint: "these are not the bytes that the training produced")
  }
}
