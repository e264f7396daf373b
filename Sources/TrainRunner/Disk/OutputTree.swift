internal import Glibc

/// What a command wrote, as an artifact: plain files, by their paths.
struct OutputTree {
  static let mostFiles = 20_000
  static let deepest = 64

  private let root: Descriptor

  init(of job: JobDirectory) throws(RunnerError) {
    guard let root = try Descriptor.openDirectory(JobDirectory.output, in: job.descriptor) else {
      throw RunnerError(.nothingWritten, "job \(job.key): its output directory is gone")
    }
    self.root = root
  }

  /// All files, sorted by path. Links, devices and the like are refused: following them would publish what they point
  /// to.
  func files() throws(RunnerError) -> [OutputFile] {
    var found: [OutputFile] = []
    try walk(root, path: "", depth: 0, into: &found)
    if found.isEmpty { throw RunnerError(.nothingWritten, "the training wrote nothing into $TRAIND_OUTPUT") }
    return found.sorted { $0.path < $1.path }
  }

  func read(_ path: String, tag: String, offset: Int64, length: Int) throws(RunnerError) -> (
    bytes: [UInt8], size: Int64
  ) {
    let file = try open(path)
    let attributes = try file.attributes(path)
    guard attributes.st_mode & S_IFMT == S_IFREG, OutputTree.tag(of: attributes) == tag else {
      throw RunnerError(
        .changed, "the output file \(path) is not the one that was listed", hint: "list the files again")
    }
    return (try file.read(at: offset, limit: length, of: path), Int64(attributes.st_size))
  }

  private func open(_ path: String) throws(RunnerError) -> Descriptor {
    var directory = root
    let names = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let last = names.last, !names.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
      throw RunnerError(.badRequest, "\"\(path)\" is no path of an output file")
    }
    for name in names.dropLast() {
      guard let next = try Descriptor.openDirectory(name, in: directory) else {
        throw RunnerError(.changed, "the output file \(path) is gone")
      }
      directory = next
    }
    // Non-blocking: a fifo would hold us.
    guard let file = try Descriptor.open(last, in: directory, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else {
      throw RunnerError(.changed, "the output file \(path) is gone")
    }
    return file
  }

  private func walk(
    _ directory: Descriptor, path: String, depth: Int, into found: inout [OutputFile]
  ) throws(RunnerError) {
    guard depth <= OutputTree.deepest else {
      throw RunnerError(.badOutput, "the output directory \(path) is more than \(OutputTree.deepest) levels deep")
    }
    for name in try names(in: directory, path: path) {
      let inner = path.isEmpty ? name : "\(path)/\(name)"
      var attributes = stat()
      guard fstatat(directory.raw, name, &attributes, AT_SYMLINK_NOFOLLOW) == 0 else {
        throw .system("asking about the output file \(inner)")
      }
      switch attributes.st_mode & S_IFMT {
      case S_IFREG:
        guard found.count < OutputTree.mostFiles else {
          throw RunnerError(
            .badOutput, "the training wrote more than \(OutputTree.mostFiles) files",
            hint: "pack them into one archive")
        }
        found.append(
          OutputFile(path: inner, bytes: Int64(attributes.st_size), tag: OutputTree.tag(of: attributes)))
      case S_IFDIR:
        guard let next = try Descriptor.openDirectory(name, in: directory) else {
          throw RunnerError(.changed, "the output directory \(inner) is gone")
        }
        try walk(next, path: inner, depth: depth + 1, into: &found)
      case S_IFLNK: throw refusal(inner, "a symbolic link")
      case S_IFIFO: throw refusal(inner, "a fifo")
      case S_IFSOCK: throw refusal(inner, "a socket")
      default: throw refusal(inner, "a device")
      }
    }
  }

  private func refusal(_ path: String, _ kind: String) -> RunnerError {
    RunnerError(
      .badOutput, "\(path) in $TRAIND_OUTPUT is \(kind), not a file",
      hint: "let the command write files and directories only")
  }

  private func names(in directory: Descriptor, path: String) throws(RunnerError) -> [String] {
    var names: [String] = []
    for entry in try directory.entries(of: "$TRAIND_OUTPUT/\(path)") {
      let bytes = entry.dropLast().map { UInt8(bitPattern: $0) }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw RunnerError(
          .badOutput, "a name in $TRAIND_OUTPUT/\(path) is not UTF-8: \(String(decoding: bytes, as: UTF8.self))",
          hint: "let the command name its files in UTF-8")
      }
      names.append(name)
    }
    return names
  }

  private static func tag(of attributes: stat) -> String {
    let time = attributes.st_mtim
    return "\(attributes.st_size)-\(time.tv_sec).\(time.tv_nsec)-\(attributes.st_ino)"
  }
}
