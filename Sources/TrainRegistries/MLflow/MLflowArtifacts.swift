internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// The files of one version, behind the server's artifact proxy.
struct MLflowArtifacts: Sendable {
  let client: MLflowClient
  /// What the files' paths are relative to, below the proxy's root: `0/<run>/artifacts/model`.
  let root: String

  /// Fault `.rejected` unless the URI is one of `endpoint`'s own artifact proxy.
  init(of uri: String, client: MLflowClient) throws(Fault) {
    guard let root = Self.path(of: uri, behind: client.endpoint) else {
      throw .permanent(
        .rejected, "the MLflow server keeps artifacts at \(uri), not behind its own artifact proxy",
        hint:
          "start it with --serve-artifacts, or publish into an experiment whose artifact location is mlflow-artifacts:/"
      )
    }
    self.client = client
    self.root = root
  }

  private static func path(of uri: String, behind endpoint: String) -> String? {
    let scheme = "mlflow-artifacts:"
    guard uri.hasPrefix(scheme) else { return nil }
    var rest = uri.dropFirst(scheme.count)
    if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
      let host = rest.prefix { $0 != "/" }
      // Another host is another server: it gets no secret of ours.
      if !host.isEmpty {
        guard let own = Origin(endpoint), Origin("\(own.scheme)://\(host)") == own else { return nil }
      }
      rest = rest.dropFirst(host.count)
    }
    let path = rest.drop { $0 == "/" }
    return path.isEmpty || path.split(separator: "/").contains("..") ? nil : String(path)
  }

  /// Time for the server to pass on what it took in, and to fetch what it hands out: 60 s, and 64 s for each GiB.
  static func idleTimeout(for bytes: Int64) -> Duration {
    .seconds(60) + .milliseconds(bytes * 64_000 / (1024 * 1024 * 1024))
  }

  /// Why the proxy cannot hold a file under its own path; `nil` when it can. It decodes what it is given twice.
  static func problem(with path: String) -> String? {
    let bad = path.unicodeScalars.first { "%?#\\".unicodeScalars.contains($0) || $0.value < 0x20 || $0.value == 0x7f }
    return bad.map { "its name holds \($0.escaped(asASCII: true)), which MLflow's artifact proxy does not keep" }
  }

  /// Writes a whole file; what was there is replaced.
  func put(_ file: Artifact.File, at location: String, pace: any Pace) async throws(Fault) {
    let purpose = "upload \(file.path)"
    let body: HTTPBody =
      file.bytes == 0
      ? .bytes(ByteBuffer())
      : .stream(FileSlices(path: location, range: 0..<file.bytes, pace: pace), length: file.bytes)
    let response = try await client.put(
      "\(root)/\(file.path)", body, purpose, idleTimeout: Self.idleTimeout(for: file.bytes))
    guard response.isSuccess else { throw response.mlflowFault }
    guard response.body.readableBytes == 0 || response.json != nil else {
      throw .transient(
        .badAnswer, "could not \(purpose): the answer is no MLflow's: \(response.excerpt)",
        hint: "does the endpoint name an MLflow server, or a login page or proxy in front of it?")
    }
  }

  /// Bytes by path of those of `files` that are there.
  func sizes(of files: [Artifact.File]) async throws(Fault) -> [String: Int64] {
    let purpose = "list the files of a version"
    var sizes: [String: Int64] = [:]
    for directory in Set(files.map { Self.directory(of: $0.path) }).sorted() {
      let page = try await client.list(directory.isEmpty ? root : "\(root)/\(directory)", purpose)
      // Asked about a directory that is not there, some stores say so.
      if page.mlflowIsAbsent { continue }
      for file in try page.mlflowObject()["files"]?.array ?? [] where file["is_dir"]?.bool != true {
        guard let path = file["path"]?.string else { continue }
        // A size of 0 is left out.
        let bytes = file["file_size"]?.int ?? file["file_size"]?.string.flatMap(Int64.init) ?? 0
        sizes[Self.joined(directory, Self.name(of: path))] = bytes
      }
    }
    return sizes
  }

  /// The digest of a file as the server hands it out; nothing is kept of it.
  func digest(of file: Artifact.File) async throws(Fault) -> FileHash {
    try await client.read(
      "\(root)/\(file.path)", "read back \(file.path)", idleTimeout: Self.idleTimeout(for: file.bytes)
    ) { buffers in
      var hash = FileHash.Running()
      // A buffer is a socket's worth: hashing it takes less than handing it to another thread.
      for try await buffer in buffers {
        buffer.withUnsafeReadableBytes { hash.update($0) }
      }
      return hash.finish()
    }
  }

  /// What is before the last slash of a path; "" where there is none.
  static func directory(of path: String) -> String { path.split(separator: "/").dropLast().joined(separator: "/") }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  static func joined(_ directory: String, _ name: String) -> String {
    directory.isEmpty ? name : "\(directory)/\(name)"
  }

  /// Of a file's path, below the proxy's root.
  func directory(of path: String) -> String {
    let directory = Self.directory(of: path)
    return directory.isEmpty ? root : "\(root)/\(directory)"
  }
}
