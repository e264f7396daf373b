internal import NIOCore

/// Stands before a far side in this process and does to its n-th request what networks, gateways and tired servers do.
public actor FaultGate {
  /// A request with that many bytes, or more, carries a file's.
  public static let dataBytes = 4096
  /// Headers that tell what the far side holds.
  private static let digestHeaders = ["etag", "docker-content-digest", "content-md5", "digest"]

  private var planned: [Int: RequestFault]
  /// Every request that came, as `PUT /path`, in order.
  public private(set) var requests: [String] = []
  /// Planned faults that happened. One that has nothing to bite on (no body, no digest) does not.
  public private(set) var met = 0
  private var refusal: Refusal?

  /// Requests that are refused until said otherwise.
  private struct Refusal {
    var status: Int
    var left: Int
    var matching: @Sendable (LoopbackRequest) -> Bool
  }

  /// - Parameter planned: by the number of the request, from 0.
  public init(_ planned: [Int: RequestFault] = [:]) { self.planned = planned }

  private func next(_ request: LoopbackRequest) -> RequestFault? {
    requests.append("\(request.method) \(request.path)")
    if let refusal, refusal.left > 0, refusal.matching(request) {
      self.refusal?.left -= 1
      return .refused(refusal.status, retryAfter: nil)
    }
    return planned[requests.count - 1]
  }

  /// From now on such requests are refused with this status, and not done; `nil` = no more.
  /// - Parameter most: so many of them, then no more.
  public func refuse(
    _ status: Int, atMost most: Int = .max, _ matching: (@Sendable (LoopbackRequest) -> Bool)?
  ) {
    refusal = matching.map { Refusal(status: status, left: most, matching: $0) }
    met = 0
  }

  private func happened() { met += 1 }

  /// Hands the request over to `respond`, or not, and gives back its reply, or another.
  public nonisolated func pass(
    _ request: LoopbackRequest, to respond: @Sendable (LoopbackRequest) async throws -> LoopbackReply
  ) async throws -> LoopbackReply {
    guard let fault = await next(request) else { return try await respond(request) }
    switch fault {
    case .answerLost:
      _ = try await respond(request)
      await happened()
      return .reset
    case .answerReplaced(let status):
      _ = try await respond(request)
      await happened()
      return .answer(status, body: ByteBuffer(string: "<html>Bad Gateway</html>"))
    case .reset:
      _ = try await request.read(atLeast: 1)
      await happened()
      return .reset
    case .refused(let status, let after):
      _ = try await request.read()
      await happened()
      return .answer(
        status, headers: after.map { [("retry-after", "\($0)")] } ?? [], body: ByteBuffer(string: "busy"))
    case .garbage:
      _ = try await request.read()
      await happened()
      return .answer(200, body: ByteBuffer(string: "<html>please log in</html>"))
    case .bitFlipped:
      var body = try await request.read()
      guard body.readableBytes >= Self.dataBytes else { return try await respond(request.with(body)) }
      let middle = body.readerIndex + body.readableBytes / 2
      body.setInteger((body.getInteger(at: middle, as: UInt8.self) ?? 0) ^ 1, at: middle)
      await happened()
      return try await respond(request.with(body))
    case .digestChanged:
      let reply = try await respond(request)
      guard case .answer(let status, var headers, let body) = reply,
        let index = headers.firstIndex(where: { Self.digestHeaders.contains($0.0.lowercased()) }),
        let digit = headers[index].1.lastIndex(where: \.isHexDigit)
      else { return reply }
      headers[index].1.replaceSubrange(digit...digit, with: headers[index].1[digit] == "0" ? "1" : "0")
      await happened()
      return .answer(status, headers: headers, body: body)
    case .after(let something):
      try await something()
      await happened()
      return try await respond(request)
    }
  }
}

extension LoopbackRequest {
  /// The same request with its body read already.
  fileprivate func with(_ body: ByteBuffer) -> LoopbackRequest {
    let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
    continuation.yield(body)
    continuation.finish()
    return LoopbackRequest(self, body: stream)
  }
}
