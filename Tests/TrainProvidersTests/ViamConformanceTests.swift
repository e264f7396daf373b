import Testing
import TrainCore
import TrainTestKit

@Suite struct ViamConformanceTests {
  @Test(arguments: ProviderConformance.promises)
  func `Viam's provider keeps the port's promise`(_ promise: ProviderConformance.Promise) async throws {
    try await ViamHarness.run { try await promise.check($0) }
  }
}
