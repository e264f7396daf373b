public import NIOPosix
public import TrainCore

/// Work that blocks a thread (files, hashing), done on a pool of its own instead of the cooperative one.
public struct Blocking: Sendable {
  private let pool: NIOThreadPool

  public init(on pool: NIOThreadPool = .singleton) { self.pool = pool }

  /// Does the work on the pool. Fault `.interrupted` when the task was cancelled before it began; work that has begun
  /// ends.
  public func perform<Value: Sendable>(
    _ work: @escaping @Sendable () throws(Fault) -> Value
  ) async throws(Fault) -> Value {
    let result: Result<Value, Fault>
    do {
      result = try await pool.runIfActive { Result { () throws(Fault) in try work() } }
    } catch {
      throw .transient(.interrupted, "interrupted before it began", effect: .none)
    }
    return try result.get()
  }
}
