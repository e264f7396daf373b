internal import TrainControl

/// One method on one path, and what it takes.
struct Route: Sendable {
  enum Method: String, Sendable { case get = "GET", post = "POST" }
  typealias Cap = @Sendable (ControlLimits) -> Int
  typealias Handle = @Sendable (Call, any DaemonOperations) async throws(ControlError) -> Response

  var method: Method
  /// As in OpenAPI: `/v1/jobs/{job}/cancel`.
  var path: String
  var needs: AccessRules.Rank
  /// Names of the query that it knows.
  var query: [String]
  /// Those that may be given more than once, in an order that counts.
  var repeated: [String]
  /// A step of a larger change, which is logged itself.
  var isStep: Bool
  /// Bytes that it takes.
  var body: Cap
  var handle: Handle
  private let segments: [Substring]

  /// Reads.
  init(get path: String, query: [String] = [], repeated: [String] = [], handle: @escaping Handle) {
    self.init(.get, path, needs: .observer, query: query, repeated: repeated, handle: handle)
  }

  /// Changes something.
  init(post path: String, query: [String] = [], handle: @escaping Handle) {
    self.init(.post, path, needs: .operator, query: query, handle: handle)
  }

  /// A step of a larger change.
  init(
    step path: String, query: [String] = [], body: @escaping Cap = { $0.body },
    handle: @escaping Handle
  ) {
    self.init(.post, path, needs: .operator, query: query, isStep: true, body: body, handle: handle)
  }

  private init(
    _ method: Method, _ path: String, needs: AccessRules.Rank, query: [String], repeated: [String] = [],
    isStep: Bool = false, body: @escaping Cap = { $0.body }, handle: @escaping Handle
  ) {
    self.method = method
    self.path = path
    self.needs = needs
    self.query = query
    self.repeated = repeated
    self.isStep = isStep
    self.body = body
    self.handle = handle
    segments = path.split(separator: "/", omittingEmptySubsequences: false)
  }

  /// The values of the path's `{...}`, or `nil` when the path is another.
  func match(_ path: [String]) -> [String: String]? {
    guard path.count == segments.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, value) in zip(segments, path) {
      if segment.hasPrefix("{") {
        guard !value.isEmpty else { return nil }
        parameters[String(segment.dropFirst().dropLast())] = value
      } else if segment != value {
        return nil
      }
    }
    return parameters
  }
}
