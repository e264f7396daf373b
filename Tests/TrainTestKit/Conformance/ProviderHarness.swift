public import TrainCore

/// What the conformance suite needs of a provider and the platform behind it, real or played.
public protocol ProviderHarness: Sendable {
  var provider: any Provider { get }

  /// A spec without a problem.
  func spec() -> JobSpec
  /// A submission that the platform takes. Two names are two keys; another `variant` asks for another training under
  /// the same key.
  func submission(_ name: String, variant: Int) -> Submission
  /// How many runs the platform has ever started.
  func started() async throws -> Int

  /// The next submit takes effect, and its answer is lost.
  func loseNextSubmit() async throws
  /// No call gets through until ``restore()``.
  func cut() async throws
  func restore() async throws

  /// Makes the run of `handle` run; writes `line` to its log.
  func begin(_ handle: ProviderHandle, printing line: String) async throws
  /// Ends it well; its artifact is one file with these bytes.
  func succeed(_ handle: ProviderHandle, with bytes: [UInt8]) async throws
  func fail(_ handle: ProviderHandle) async throws
  /// Lets a stop that was asked for come about.
  func settleStop(_ handle: ProviderHandle) async throws

  /// Between two looks at something that takes time.
  func pause() async throws
}
