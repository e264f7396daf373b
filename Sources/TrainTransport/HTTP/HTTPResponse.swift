public import NIOCore
public import NIOHTTP1
public import TrainCore

/// The head of an answer.
public struct HTTPAnswerHead: Sendable {
  public var status: Int
  public var headers: HTTPHeaders

  public init(status: Int, headers: HTTPHeaders) {
    self.status = status
    self.headers = headers
  }

  public var isSuccess: Bool { (200..<300).contains(status) }
}

/// A whole answer, whatever its status.
public struct HTTPResponse: Sendable {
  public var head: HTTPAnswerHead
  public var body: ByteBuffer
  /// What the call was for.
  let purpose: String
  /// `https://host:port` of the call.
  let origin: String
  /// Struck out of excerpts.
  let secrets: [Secret]

  public var status: Int { head.status }
  public var headers: HTTPHeaders { head.headers }
  public var isSuccess: Bool { head.isSuccess }

  /// The body as JSON; `nil` when it is none.
  public var json: JSON? { JSON(parsing: body) }

  /// The body as JSON, or Fault `.badAnswer` (effect unknown: the far side said 2xx to something).
  public func requireJSON() throws(Fault) -> JSON {
    if let json { return json }
    throw .transient(
      .badAnswer, "could not \(purpose): \(origin) answered \(status) with something that is not JSON\(excerptText)",
      hint: "does the endpoint name the API, or a login page or proxy in front of it?")
  }

  /// Itself, when 2xx; otherwise ``fault`` is thrown.
  @discardableResult
  public func requireSuccess() throws(Fault) -> HTTPResponse {
    guard isSuccess else { throw fault }
    return self
  }

  /// The status as a fault, with a bounded excerpt of the body.
  public var fault: Fault {
    .ofStatus(head, "could not \(purpose): \(origin) answered", excerpt: excerpt)
  }

  /// The first bytes of the body on one line, secrets struck out.
  public var excerpt: String { Excerpt.of(body, hiding: secrets) }
  private var excerptText: String { excerpt.isEmpty ? "" : ": \(excerpt)" }
}
