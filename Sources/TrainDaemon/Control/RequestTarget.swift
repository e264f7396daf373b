internal import TrainControl
internal import TrainCore

/// A request's path and query, decoded.
struct RequestTarget {
  var path: [String]
  var query: [(name: String, value: String)]

  /// - Parameter text: as it stands in the request line. `nil` when it is not well-formed.
  init?(_ text: String) {
    let withoutFragment = text.prefix { $0 != "#" }
    let parts = withoutFragment.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, first.hasPrefix("/") else { return nil }
    path = []
    for segment in first.split(separator: "/", omittingEmptySubsequences: false) {
      guard let decoded = String(percentDecoding: segment) else { return nil }
      path.append(decoded)
    }
    query = []
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = String(percentDecoding: sides[0]),
        let value = String(percentDecoding: sides.count == 2 ? sides[1] : "")
      else {
        return nil
      }
      query.append((name, value))
    }
  }
}
