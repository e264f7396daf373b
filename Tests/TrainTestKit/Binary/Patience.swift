/// Waiting for what another process does, which nothing here is told of.
public enum Patience {
  public struct Over: Error, CustomStringConvertible {
    public var description: String
  }

  /// Asks until there is an answer.
  /// - Throws: ``Over`` when there is none `within` that time.
  public static func wait<Answer>(
    for what: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(10),
    _ ask: () async throws -> Answer?
  ) async throws -> Answer {
    let end = ContinuousClock.now + limit
    while true {
      if let answer = try await ask() { return answer }
      guard ContinuousClock.now < end else { throw Over(description: "waited \(limit) in vain for \(what)") }
      try await Task.sleep(for: pause)
    }
  }
}
