import Synchronization
import TrainCore

/// A platform where everything runs and nothing ever happens; counts what it is asked.
final class QuietProvider: Provider {
  struct Calls {
    var observe = 0
    var handles = 0
    var other = 0
  }
  private let counted = Mutex(Calls())
  static let observation = Observation(.running, hasRun: true, progress: 0.5)

  var calls: Calls { counted.withLock { $0 } }

  var traits: ProviderTraits { ProviderTraits(kind: "quiet", guarantee: .byKey) }
  func problems(in spec: JobSpec) -> [SpecProblem] { [] }

  func observe(_ handles: [ProviderHandle]) async throws(Fault) -> [Observation?] {
    counted.withLock {
      $0.observe += 1
      $0.handles += handles.count
    }
    return handles.map { _ in Self.observation }
  }

  func find(_ submissions: [Submission]) async throws(Fault) -> [Finding<ProviderHandle>] {
    count()
    return submissions.map { _ in .absent }
  }
  func submit(_ submission: Submission) async throws(Fault) -> ProviderHandle {
    count()
    return ProviderHandle(reference: "remote-\(submission.job)")
  }
  func cancel(_ handle: ProviderHandle, force: Bool) async throws(Fault) { count() }
  func fetch(_ handle: ProviderHandle, into sink: any ArtifactSink) async throws(Fault) { count() }
  func logs(_ handle: ProviderHandle, after cursor: String?) async throws(Fault) -> LogPage {
    count()
    return LogPage(text: "", next: nil, hasMore: false)
  }

  private func count() { counted.withLock { $0.other += 1 } }
}
