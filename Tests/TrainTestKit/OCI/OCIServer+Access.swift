internal import FoundationEssentials
internal import NIOCore
internal import NIOHTTP1
internal import TrainCore

/// Who may come in.
extension OCIServer {
  func refusal(of request: LoopbackRequest) -> LoopbackReply? {
    let said = request.header("authorization")
    switch access {
    case .open: return nil
    case .basic(let user, let password):
      if said == Self.basic(user, password) { return nil }
      return Self.refuse(401, "UNAUTHORIZED", headers: [("www-authenticate", "Basic realm=\"lab, \\\"it\\\"\"")])
    case .exchanged:
      if let said, said.hasPrefix("Bearer "), tokens.contains(String(said.dropFirst(7))) { return nil }
      let challenge = "Bearer realm=\"\(endpoint)/token\",service=\"reg istry\",scope=\"repository:x:pull\""
      return Self.refuse(401, "UNAUTHORIZED", headers: [("www-authenticate", challenge)])
    case .bearer(let token): return said == "Bearer \(token)" ? nil : Self.refuse(401, "UNAUTHORIZED")
    }
  }

  func token(_ request: LoopbackRequest) -> LoopbackReply {
    guard case .exchanged(let user, let password) = access,
      request.header("authorization") == Self.basic(user, password), request.query["service"] == "reg%20istry"
    else { return Self.refuse(401, "UNAUTHORIZED") }
    scopes.append((request.query["scope"] ?? "").split(separator: "&").map { String($0).percentDecoded })
    let token = "token-\(scopes.count)"
    tokens.insert(token)
    let body: JSON = ["token": .string(token), "expires_in": 300]
    return .answer(200, headers: [("content-type", "application/json")], body: ByteBuffer(string: body.canonical))
  }

  private static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }
}
