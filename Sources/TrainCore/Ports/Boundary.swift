/// The wrapper that every commit, remote call and file write goes through.
public struct Boundary: Sendable {
  public enum Side: String, Sendable, CaseIterable { case before, after }
  private let crossed: @Sendable (CrashPoint, Side) -> Void

  /// - Parameter crossed: told of each crossing; may not return.
  public init(_ crossed: @escaping @Sendable (CrashPoint, Side) -> Void = { _, _ in }) { self.crossed = crossed }

  /// Does the work; the far side of it is reached only when the work does not throw.
  @discardableResult
  public func cross<Value: Sendable, Failure: Error>(
    _ point: CrashPoint, isolation: isolated (any Actor)? = #isolation,
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    crossed(point, .before)
    let answer = try await work()
    crossed(point, .after)
    return answer
  }

  @discardableResult
  public func cross<Value: ~Copyable, Failure: Error>(
    _ point: CrashPoint, _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    crossed(point, .before)
    let answer = try work()
    crossed(point, .after)
    return answer
  }
}
