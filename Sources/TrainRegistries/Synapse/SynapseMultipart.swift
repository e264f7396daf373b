internal import NIOCore
internal import TrainCore
internal import TrainTransport

/// A chunk framed as the form that the backend reads: `filename` (text) and `file` (bytes), with a known length.
struct SynapseMultipart: Sendable {
  let boundary: String
  private let head: ByteBuffer
  private let tail: ByteBuffer

  /// - Parameters:
  ///   - filename: what the backend calls the upload.
  ///   - boundary: must occur nowhere in the data, which 128 random bits see to.
  init(filename: String, boundary: String) {
    self.boundary = boundary
    // The file part is literally called "file": the upload's name is the text above it.
    head = ByteBuffer(
      string: "--\(boundary)\r\nContent-Disposition: form-data; name=\"filename\"\r\n\r\n\(filename)\r\n"
        + "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\n\r\n")
    tail = ByteBuffer(string: "\r\n--\(boundary)--\r\n")
  }

  static func randomBoundary() -> String {
    let digits = Array("0123456789abcdef")
    return "traind" + String((0..<32).map { _ in digits[Int.random(in: 0..<16)] })
  }

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  /// - Parameter count: bytes of `data`.
  func body<Data: AsyncSequence & Sendable>(_ data: Data, _ count: Int) -> HTTPBody where Data.Element == ByteBuffer {
    let length = head.readableBytes + count + tail.readableBytes
    return .stream(Framed(head: head, data: data, tail: tail), length: Int64(length))
  }

  private struct Framed<Data: AsyncSequence & Sendable>: AsyncSequence, Sendable where Data.Element == ByteBuffer {
    typealias Element = ByteBuffer
    let head: ByteBuffer
    let data: Data
    let tail: ByteBuffer

    func makeAsyncIterator() -> Iterator { Iterator(head: head, data: data.makeAsyncIterator(), tail: tail) }

    struct Iterator: AsyncIteratorProtocol {
      var head: ByteBuffer?
      var data: Data.AsyncIterator
      var tail: ByteBuffer?

      init(head: ByteBuffer, data: Data.AsyncIterator, tail: ByteBuffer) {
        self.head = head
        self.data = data
        self.tail = tail
      }

      mutating func next() async throws -> ByteBuffer? {
        if let head {
          self.head = nil
          return head
        }
        if let buffer = try await data.next() { return buffer }
        defer { tail = nil }
        return tail
      }
    }
  }
}
