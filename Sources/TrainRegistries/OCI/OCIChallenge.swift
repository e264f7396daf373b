/// One challenge of a `WWW-Authenticate` header (RFC 9110, 11.6.1).
struct OCIChallenge: Hashable, Sendable {
  /// Lower case.
  var scheme: String
  /// Names in lower case.
  var parameters: [String: String] = [:]

  /// What of a header's value can be understood.
  static func parse(_ text: String) -> [OCIChallenge] {
    var challenges: [OCIChallenge] = []
    var rest = Array(text)[...]
    while true {
      rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
      guard !rest.isEmpty else { return challenges }
      let word = rest.prefix { $0 != " " && $0 != "," && $0 != "=" }
      rest = rest.dropFirst(word.count)
      guard rest.first == "=" else {
        challenges.append(OCIChallenge(scheme: String(word).lowercased()))
        continue
      }
      rest = rest.dropFirst()
      var value = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
          if character == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(character) }
        }
      } else {
        let token = rest.prefix { $0 != "," && $0 != " " }
        value = String(token)
        rest = rest.dropFirst(token.count)
      }
      guard !word.isEmpty, !challenges.isEmpty else { continue }
      challenges[challenges.count - 1].parameters[String(word).lowercased()] = value
    }
  }
}
