public import TrainCore

/// One promise of ``JobStore``. Every store runs all of them:
/// `@Test(arguments: JobStoreCheck.all) func keeps(_ check: JobStoreCheck) async throws { try await check.run(on:
/// empty) }`
public struct JobStoreCheck: Sendable, CustomStringConvertible {
  public let description: String
  private let body: @Sendable (any JobStore) async throws -> Void

  init(_ description: String, _ body: @escaping @Sendable (any JobStore) async throws -> Void) {
    self.description = description
    self.body = body
  }

  /// - Parameter store: holds nothing yet.
  public func run(on store: any JobStore) async throws { try await body(store) }

  public static let all = accepting + changing + publishing + reading + forgetting
}
