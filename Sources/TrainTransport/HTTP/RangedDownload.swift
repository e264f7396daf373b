internal import NIOCore
internal import NIOHTTP1
public import TrainCore

/// Hands the bytes of a URL to a sink, from where it is wanted where the far side can do that, else from the start.
/// Tries once. What the sink was given is good also when it ends too early (a transient fault).
public struct RangedDownload: Sendable {
  /// The most that is handed over at once.
  private static let slice = 256 * 1024

  private let transport: HTTPTransport
  private let call: HTTPCall
  private let digest: String?

  /// - Parameters:
  ///   - call: a GET.
  ///   - digest: of the whole, where it is known: see ``TrainCore/DownloadFacts/digest``.
  public init(_ call: HTTPCall, over transport: HTTPTransport, digest: String? = nil) {
    self.call = call
    self.transport = transport
    self.digest = digest
  }

  public func run(from point: ResumePoint, into sink: any DownloadSink) async throws(Fault) {
    guard point.offset > 0 else {
      try await receive(call, from: 0, into: sink)
      return
    }
    var ranged = call
    // One byte that is there already too: a range that begins at the end would be refused.
    ranged.headers.replaceOrAdd(name: "range", value: "bytes=\(point.offset - 1)-")
    if let tag = point.tag { ranged.headers.replaceOrAdd(name: "if-range", value: tag) }
    do throws(Fault) {
      try await receive(ranged, from: point.offset - 1, into: sink)
    } catch {
      // 416: it is shorter than what is there, hence another file.
      guard error.code == .rejected else { throw error }
      try await receive(call, from: 0, into: sink)
    }
  }

  private func receive(_ call: HTTPCall, from asked: Int64, into sink: any DownloadSink) async throws(Fault) {
    let purpose = call.purpose
    let digest = digest
    try await transport.stream(call) { head, body in
      let (start, total) = try Self.extent(head, asked: asked, purpose)
      // The byte that was asked for once more.
      var surplus = start > 0 ? 1 : 0
      var end = start
      try await sink.begin(
        DownloadFacts(offset: start + Int64(surplus), total: total, tag: Self.tag(head), digest: digest))
      for try await var buffer in body {
        end += Int64(buffer.readableBytes)
        if let total, end > total {
          throw Fault.transient(.badAnswer, "could not \(purpose): more than the \(total) bytes announced came")
        }
        let skipped = min(surplus, buffer.readableBytes)
        buffer.moveReaderIndex(forwardBy: skipped)
        surplus -= skipped
        while let bytes = buffer.readBytes(length: min(buffer.readableBytes, Self.slice)), !bytes.isEmpty {
          try await sink.write(bytes)
        }
      }
      if let total, end < total {
        throw Fault.transient(
          .unavailable, "could not \(purpose): the connection ended at byte \(end) of \(total)",
          hint: "what arrived is good; go on from there")
      }
    }
  }

  /// Where an answer's bytes begin, and how long the whole is.
  private static func extent(
    _ head: HTTPAnswerHead, asked: Int64, _ purpose: String
  ) throws(Fault) -> (start: Int64, total: Int64?) {
    if head.status == 200 { return (0, head.headers.first(name: "content-length").flatMap { Int64($0) }) }
    let range = head.headers.first(name: "content-range") ?? ""
    let numbers = range.dropFirst(6).split(omittingEmptySubsequences: false) { $0 == "-" || $0 == "/" }
    guard head.status == 206, asked > 0 || numbers.first == "0", range.hasPrefix("bytes "), numbers.count == 3,
      Int64(numbers[0]) == asked, let last = Int64(numbers[1])
    else {
      throw .transient(
        .badAnswer,
        "could not \(purpose): asked from byte \(asked), got \(head.status) with the range '\(range.prefix(100))'")
    }
    return (asked, Int64(numbers[2]) ?? (last + 1))
  }

  /// What `If-Range` takes (RFC 9110, 13.1.5): a strong ETag, else a date.
  private static func tag(_ head: HTTPAnswerHead) -> String? {
    if let tag = head.headers.first(name: "etag"), tag.hasPrefix("\"") { return tag }
    return head.headers.first(name: "last-modified")
  }
}
