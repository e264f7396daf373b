internal import NIOHTTP1
public import TrainCore

extension Fault {
  /// An answer that is no success, as a fault.
  ///
  /// 401/403 `.unauthorized`, 404 `.notFound`; 408 425 429 5xx transient with the far side's `Retry-After`; other 4xx
  /// `.rejected`; 3xx transient `.badAnswer` (redirects are never followed: they would carry our token elsewhere).
  /// - Parameter what: a sentence that "401" continues.
  public static func ofStatus(_ head: HTTPAnswerHead, _ what: String, excerpt: String) -> Fault {
    let message = excerpt.isEmpty ? "\(what) \(head.status)" : "\(what) \(head.status): \(excerpt)"
    let after = RetryAfter.of(head.headers)
    switch head.status {
    case 401, 403:
      return .permanent(.unauthorized, message, hint: "check the connection's token or key, and what it may do")
    case 404: return .permanent(.notFound, message)
    case 408: return .transient(.timeout, message, after: after)
    case 425: return .transient(.unavailable, message, after: after, effect: .none)
    case 429: return .transient(.throttled, message, after: after, effect: .none)
    case 500...599: return .transient(.unavailable, message, after: after)
    case 300...399:
      let target = head.headers.first(name: "location").flatMap(Origin.init)?.description ?? "somewhere else"
      // A portal or a proxy in between may say so for a while; nothing about the job was said.
      return .transient(
        .badAnswer, "\(message) (a redirect to \(target), not followed)",
        hint: "set the connection's endpoint to the address it redirects to", effect: .none)
    case 400...499: return .permanent(.rejected, message)
    default: return .transient(.badAnswer, message)
    }
  }
}
