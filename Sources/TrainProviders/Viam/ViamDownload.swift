internal import NIOCore
internal import NIOHTTP1
internal import TrainCore
internal import TrainTransport
internal import TrainViam
internal import ViamAPI

/// Fetches a package's archive from the address that the package service gives, as viam-server does: ask for the head,
/// then for the bytes, and check them against the CRC that the head promised.
struct ViamDownload: Sendable {
  /// The most that is handed to the sink at once.
  static let slice = 1024 * 1024

  let probe: ViamProbe
  /// How long nothing may arrive.
  var idleTimeout = Duration.seconds(60)

  func fetch(
    _ package: Viam_App_Packages_V1_Package, as path: String, of key: ViamKey, into sink: any ArtifactSink
  ) async throws(Fault) {
    let what = "fetch the package \(key.package) \(key.version)"
    let source = try await probe.source(of: package, what)
    var held = try await sink.open(path, tag: source.tag, total: source.length)
    if held > source.length {
      try await sink.discard(path)
      held = try await sink.open(path, tag: source.tag, total: source.length)
    }
    if held < source.length || source.length == 0 {
      try await receive(source, from: held, into: sink, at: path, what)
    }
    let digests = try await sink.finish(path)
    guard let expected = source.hashes.mismatch(with: digests) else { return }
    try await sink.discard(path)
    throw .transient(
      .corrupted, "could not \(what): the bytes that arrived do not match \(expected)",
      hint: "they were thrown away and are fetched again")
  }

  private func receive(
    _ source: ViamSource, from offset: Int64, into sink: any ArtifactSink, at path: String, _ what: String
  ) async throws(Fault) {
    var call = try source.call(what, probe.keyID, probe.key)
    call.idleTimeout = idleTimeout
    if offset > 0 {
      call.headers.add(name: "range", value: "bytes=\(offset)-")
      if let etag = source.strongETag { call.headers.add(name: "if-range", value: etag) }
    }
    let arrived = try await probe.http.stream(call) { head, body in
      var position = try await start(source, head, asked: offset, sink, path, what)
      for try await var buffer in body {
        guard position + Int64(buffer.readableBytes) <= source.length else {
          throw Fault.transient(.badAnswer, "could not \(what): more bytes came than the \(source.length) announced")
        }
        while let bytes = buffer.readBytes(length: min(buffer.readableBytes, ViamDownload.slice)), !bytes.isEmpty {
          try await sink.write(bytes, to: path)
          position += Int64(bytes.count)
        }
      }
      return position
    }
    guard arrived == source.length else {
      throw .transient(
        .unavailable, "could not \(what): the connection ended at byte \(arrived) of \(source.length)",
        hint: "what arrived is kept; it goes on from there")
    }
  }

  /// Where the bytes of an answer belong; makes the sink ready for them.
  private func start(
    _ source: ViamSource, _ head: HTTPAnswerHead, asked offset: Int64, _ sink: any ArtifactSink, _ path: String,
    _ what: String
  ) async throws(Fault) -> Int64 {
    if offset == 0, head.status == 200 { return 0 }
    if head.status == 206 {
      let range = head.headers.first(name: "content-range") ?? ""
      if range == "bytes \(offset)-\(source.length - 1)/\(source.length)" { return offset }
      throw .transient(
        .badAnswer, "could not \(what): asked from byte \(offset) of \(source.length), got '\(range.prefix(100))'")
    }
    guard head.status == 200 else {
      throw .transient(.badAnswer, "could not \(what): the answer to a request for bytes is \(head.status)")
    }
    // The whole again: appending it would corrupt the file.
    try await sink.discard(path)
    let held = try await sink.open(path, tag: source.tag, total: source.length)
    guard held == 0 else {
      throw .permanent(.internalError, "could not \(what): a discarded file still holds \(held) bytes")
    }
    return 0
  }
}
