/// Time as an argument: shells take one, tests advance a manual one.
public protocol TimeSource: Sendable {
  /// Wall-clock time, for what is stored and shown.
  var now: Timestamp { get }
  /// Time since some fixed moment; no jump of the wall clock moves it. For waiting.
  var monotonic: Duration { get }
  /// Returns when ``monotonic`` has reached `deadline`; throws `CancellationError` when its task is cancelled.
  func sleep(until deadline: Duration) async throws
}
