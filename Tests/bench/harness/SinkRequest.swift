/// What the sink needs to know of a request.
struct SinkRequest {
  var method: String
  var path: String
  var query: String
  var length = 0
  /// The byte after the last, as `Content-Range` has it.
  var end = 0
  var expectsContinue = false
  /// Metadata of an S3 object, as it is given back.
  var kept: [(name: String, value: String)] = []
  /// Only of small requests.
  var body = ""

  init(method: String, target: Substring) {
    let parts = target.split(separator: "?", maxSplits: 1)
    self.method = method
    path = String(parts.first ?? "/")
    query = parts.count > 1 ? String(parts[1]) : ""
  }

  /// - Parameter name: in lower case.
  mutating func take(_ name: String, _ value: String) {
    switch name {
    case "content-length": length = Int(value) ?? 0
    case "content-range":
      let last = value.drop { $0 != "-" }.dropFirst().prefix { $0 != "/" }
      end = (Int(last) ?? -1) + 1
    case "expect": expectsContinue = true
    case let name where name.hasPrefix("x-amz-meta-"): kept.append((name, value))
    default: break
    }
  }

  func parameter(_ name: String) -> String? {
    query.split(separator: "&").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
  }
}
