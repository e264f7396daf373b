/// The work that a state asks for: begun on entry, and again after a restart. The same state always owes the same.
public enum JobEffect: Hashable, Sendable, Codable {
  /// Wait for a slot on the connection.
  case queue
  /// Look up, ask, adopt: until the provider's answer is known.
  case submit(attempt: Int)
  /// Have the connection's poller ask about the run.
  case observe(Run)
  case cancel(Run, force: Bool)
  case fetch(Run)
  case copyLogs(Run)
  case publish(registry: String, attempt: Int)
  /// Free what an upload holds that nobody goes on with.
  case abandon(registry: String, leftover: Int)
  case wake(JobWake)
}
