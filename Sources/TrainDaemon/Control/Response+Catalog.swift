internal import NIOCore
internal import TrainControl
internal import TrainCore

extension Response {
  /// A line for each object, written page by page. What fails before the first page is an error of the request; what
  /// fails later is the last line.
  static func lines(_ lines: CatalogLines) async throws(ControlError) -> Response {
    var first: [CatalogLine]? = []
    while first?.isEmpty == true { first = try await lines.next() }
    let page = first
    return .stream(
      Stream(contentType: "application/x-ndjson") { write in
        var page = page
        while let present = page {
          try await write(text(of: present))
          do throws(ControlError) { page = try await lines.next() } catch {
            try await write(text(of: [.error(error)]))
            return
          }
        }
      })
  }

  /// A blank line for an empty page: somebody is still there.
  private static func text(of lines: [CatalogLine]) -> ByteBuffer {
    guard !lines.isEmpty else { return ByteBuffer(string: "\n") }
    var buffer = ByteBuffer()
    for line in lines { buffer.writeBytes(line.json.wireBytes + [0x0A]) }
    return buffer
  }

  /// A file: a ``DownloadHead`` on one line, then its bytes. A body without its end means that the file is not whole.
  static func file(
    _ download: @escaping @Sendable (any DownloadSink) async throws(ControlError) -> Void
  ) -> Response {
    .stream(
      Stream(contentType: "application/x-traind-file") { write in
        let handoff = DownloadHandoff()
        try await withThrowingTaskGroup(of: ControlError?.self) { group in
          group.addTask {
            let failure: ControlError?
            do throws(ControlError) {
              try await download(handoff)
              failure = nil
            } catch {
              failure = error
            }
            await handoff.end()
            return failure
          }
          var begun = false
          do {
            while let buffer = await handoff.take() {
              begun = true
              try await write(buffer)
            }
          } catch {
            await handoff.end()
            throw error
          }
          guard let failure = try await group.next() ?? nil else { return }
          if begun { throw failure }
          try await write(ByteBuffer(bytes: DownloadHead.error(failure).json.wireBytes + [0x0A]))
        }
      })
  }
}
