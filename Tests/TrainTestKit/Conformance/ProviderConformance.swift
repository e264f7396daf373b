internal import TrainCore

/// Each promise that ``Provider`` makes, as a function that throws when it is not kept.
///
///     @Test(arguments: ProviderConformance.promises)
///     func `Viam's provider keeps`(_ promise: ProviderConformance.Promise) async throws {
///       try await withHarness { try await promise.check($0) }
///     }
public enum ProviderConformance {
  public struct Promise: Sendable, CustomStringConvertible {
    public var description: String
    public var check: @Sendable (any ProviderHarness) async throws -> Void
  }

  public static let promises: [Promise] =
    [
      .init(description: "a good spec has no problem, an unknown key is one", check: problems),
      .init(description: "what was never submitted is absent, one finding for each", check: absent),
      .init(description: "what was submitted is found as ours", check: found),
      .init(description: "a submit whose answer was lost is found, and was started once", check: lostAnswer),
      .init(description: "another training under our key is foreign", check: foreign),
      .init(description: "a refused submit starts nothing", check: refused),
    ] + runPromises

  static func require(_ condition: Bool, _ promise: String) throws {
    if !condition { throw ConformanceFailure(promise) }
  }

  static func problems(_ harness: any ProviderHarness) async throws {
    var spec = harness.spec()
    let none = harness.provider.problems(in: spec)
    try require(none.isEmpty, "a good spec has no problem, got \(none)")
    spec.train["no_such_key_at_all"] = 1
    let found = harness.provider.problems(in: spec)
    try require(
      found.contains { $0.path == "train.no_such_key_at_all" && $0.hint != nil },
      "an unknown key is a problem at its path, with a hint; got \(found)")
  }

  static func absent(_ harness: any ProviderHarness) async throws {
    let findings = try await harness.provider.find([
      harness.submission("a", variant: 1), harness.submission("b", variant: 1),
    ])
    try require(findings == [.absent, .absent], "two unknown keys give two absents, got \(findings)")
    let none = try await harness.provider.find([])
    try require(none.isEmpty, "no submission gives no finding")
  }

  static func found(_ harness: any ProviderHarness) async throws {
    let submission = harness.submission("a", variant: 1)
    let handle = try await harness.provider.submit(submission)
    let other = harness.submission("b", variant: 1)
    let findings = try await harness.provider.find([other, submission, other])
    try require(
      findings == [.absent, .ours(handle), .absent], "a submitted run is found by its key, in order; got \(findings)")
  }

  static func lostAnswer(_ harness: any ProviderHarness) async throws {
    let submission = harness.submission("a", variant: 1)
    let before = try await harness.started()
    try await harness.loseNextSubmit()
    do throws(Fault) {
      _ = try await harness.provider.submit(submission)
      throw Fault.permanent(.internalError, "the harness lost no answer")
    } catch {
      try require(!error.isPermanent, "a lost answer is no permanent fault, got \(error)")
      try require(error.effect == .unknown, "after a lost answer the effect is unknown, got \(error)")
    }
    let findings = try await harness.provider.find([submission])
    guard case .ours = findings.first else {
      throw ConformanceFailure("what a lost answer left is ours, got \(findings)")
    }
    let started = try await harness.started() - before
    try require(started == 1, "it was started once, not \(started) times")
  }

  static func foreign(_ harness: any ProviderHarness) async throws {
    let handle = try await harness.provider.submit(harness.submission("a", variant: 1))
    let findings = try await harness.provider.find([harness.submission("a", variant: 2)])
    guard case .foreign(let found, let why) = findings.first else {
      throw ConformanceFailure("another training under our key is foreign, got \(findings)")
    }
    try require(found.reference == handle.reference, "what is foreign is named")
    try require(!why.isEmpty, "it is said what differs")
  }

  static func refused(_ harness: any ProviderHarness) async throws {
    let before = try await harness.started()
    var submission = harness.submission("a", variant: 1)
    submission.train = ["no_such_key_at_all": 1]
    do throws(Fault) {
      _ = try await harness.provider.submit(submission)
      throw Fault.transient(.internalError, "a training that makes no sense was taken")
    } catch {
      try require(error.isPermanent, "a training that makes no sense is refused for good, got \(error)")
    }
    let started = try await harness.started() - before
    try require(started == 0, "a refused submit starts nothing")
  }
}
