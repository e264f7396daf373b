import Testing
import TrainCore
import TrainTestKit

@testable import TrainEngine

@Suite struct LookupDeskTests {
  /// Never answers a look-up.
  private struct Silent: Provider {
    let traits = ProviderTraits(kind: "silent", guarantee: .byLookup)
    private static let interrupted = Fault.transient(.interrupted, "interrupted")

    func problems(in spec: JobSpec) -> [SpecProblem] { [] }
    func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
      try? await Task.sleep(for: .seconds(3600))
      throw Self.interrupted
    }
    func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle { throw Self.interrupted }
    func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] { throw Self.interrupted }
    func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) { throw Self.interrupted }
    func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) { throw Self.interrupted }
    func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
      throw Self.interrupted
    }
  }

  @Test func `whoever is cancelled does not wait for a far side that is silent`() async {
    let time = InstantTime()
    let gate = CallGate(name: "far", policy: RetryPolicy(), time: time, boundary: Boundary())
    let desk = LookupBatcher(provider: Silent(), gate: gate)
    let askers = (1...3).map { number in
      Task { () -> Fault? in
        let submission = Submission(
          job: JobID("hat@\(number)"), attempt: 1, modelName: "hat", modelVersion: "\(number)", train: .empty,
          identity: "", intended: time.now)
        do throws(Fault) {
          _ = try await desk.find(submission)
          return nil
        } catch {
          return error
        }
      }
    }
    for asker in askers {
      asker.cancel()
      #expect(await asker.value?.code == .interrupted)
    }
  }
}
