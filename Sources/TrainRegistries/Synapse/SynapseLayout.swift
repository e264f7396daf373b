internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport

/// What goes to Synapse for a release.
enum SynapseLayout: Sendable {
  case file(SingleFileLayout)
  case zip(ZipLayout)
  /// Of a file that a client streams.
  case part(HeldPart)

  /// Fault `.rejected` where nothing can be sent.
  init(_ release: Release, keys: SynapseKeys) throws(Fault) {
    let files = release.artifact.files
    guard !files.isEmpty else { throw .permanent(.rejected, "the artifact of \(release.job) has no files") }
    if keys.archive == .zip || (keys.archive == .auto && files.count > 1) {
      self = .zip(ZipLayout(release.artifact, in: release.directory))
      return
    }
    guard files.count == 1 else {
      throw .permanent(
        .rejected, "the artifact of \(release.job) has \(files.count) files, and a Synapse model has one",
        hint: "write archive: auto or archive: zip")
    }
    guard files[0].bytes > 0 else {
      throw .permanent(
        .rejected, "the artifact of \(release.job) is the empty file \(files[0].path), and Synapse takes none",
        hint: "write archive: zip, or look at what the training produced")
    }
    self = .file(SingleFileLayout(path: release.location(of: files[0]), bytes: files[0].bytes))
  }

  var isArchive: Bool {
    switch self {
    case .file, .part: false
    case .zip: true
    }
  }

  var bytes: Int64 {
    switch self {
    case .file(let layout): layout.bytes
    case .zip(let layout): layout.bytes
    case .part(let layout): layout.bytes
    }
  }

  private func body(
    _ multipart: SynapseMultipart, _ range: Range<Int64>, _ digests: PassingDigests?, pace: (any Pace)?
  ) -> HTTPBody {
    switch self {
    case .file(let layout): multipart.body(layout.buffers(range, pace: pace), range.count)
    case .part(let layout): multipart.body(layout.buffers(range, pace: pace), range.count)
    case .zip(let layout):
      if let digests {
        multipart.body(
          DigestedBuffers(base: layout.buffers(range, pace: pace), digests: digests, offset: range.lowerBound),
          range.count)
      } else {
        multipart.body(layout.buffers(range, pace: pace), range.count)
      }
    }
  }

  /// One PUT of a range. Any status.
  /// - Parameters:
  ///   - point: what it is for: opening an upload, or going on with it.
  ///   - digests: of an archive.
  func put(
    _ range: Range<Int64>, at point: CrashPoint, to path: String, named filename: String, by client: SynapseClient,
    digests: PassingDigests?, pace: (any Pace)?
  ) async throws(Fault) -> HTTPResponse {
    let multipart = SynapseMultipart(filename: filename, boundary: SynapseMultipart.randomBoundary())
    return try await client.call(
      point, .PUT, path, "upload bytes \(range.lowerBound) to \(range.upperBound)",
      headers: [
        "content-type": multipart.contentType,
        "content-range": "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes)",
      ], body: body(multipart, range, digests, pace: pace))
  }
}
