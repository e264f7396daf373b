internal import Dispatch

/// Work that blocks its thread, off the few threads that tasks share.
enum Offside {
  static func run<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      // A serial queue has a thread at once; those of a concurrent one are as few as there are processors.
      DispatchQueue(label: "offside").async { continuation.resume(with: Result { try work() }) }
    }
  }
}
