import Testing
import TrainCore
import TrainTestKit

@testable import TrainDaemon

@Suite struct ProvenanceCheckTests {
  /// A registry that keeps ground truth, and says of each number what a test put in.
  private struct Shelf: Registry, GroundTruth {
    let faults: [Int64: Fault]
    let asked = Locked<Int64>([])
    var isSilent = false

    let traits = RegistryTraits(kind: "scripted", guarantee: .byKey, parallelParts: 1)
    let parameters = CatalogParameters()
    let columns: [CatalogColumn] = []
    var groundTruth: (any GroundTruth)? { self }

    func check(_ provenance: JSON) async throws(Fault) {
      let number = provenance["ground_truth_version"]?.int ?? 0
      asked.add(number)
      if isSilent {
        await hang()
        throw .transient(.interrupted, "interrupted")
      }
      if let fault = faults[number] { throw fault }
    }

    func problems(in provenance: JSON) -> [SpecProblem] { [] }
    func events(_ parameters: [CatalogParameter]) async throws(Fault) -> CatalogPage { CatalogPage(objects: []) }
    func version(_ id: String) async throws(Fault) -> JSON { .empty }
    func files(in event: JSON) -> [EventFile] { [] }
    func download(_ url: String, from point: ResumePoint, into sink: any DownloadSink) async throws(Fault) {}
    func problems(in publication: JobSpec.Publication, of spec: JobSpec) -> [SpecProblem] { [] }
    func find(_ release: Release) async throws(Fault) -> Finding<RemoteVersion> { .absent }
    func open(_ release: Release) async throws(Fault) -> UploadOpening { throw no }
    func remaining(
      of session: UploadSession, for release: Release, receipts: [PartReceipt]
    ) async throws(Fault) -> UploadPlan { throw no }
    func send(
      _ part: UploadPart, of release: Release, in session: UploadSession, pace: any Pace
    ) async throws(Fault) -> PartReceipt { throw no }
    func seal(
      _ session: UploadSession, for release: Release, receipts: [PartReceipt]
    ) async throws(Fault) -> UploadSession { throw no }
    func commit(_ session: UploadSession, for release: Release) async throws(Fault) -> RemoteVersion { throw no }
    func verify(_ version: RemoteVersion, for release: Release) async throws(Fault) { throw no }
    func abandon(_ upload: AbandonedUpload, of release: Release) async throws(Fault) { throw no }
    func holdings(of session: UploadSession) -> [String] { [] }
    private var no: Fault { .permanent(.unsupported, "only ground truth") }
  }

  private static func spec(_ number: Int64?) -> JobSpec {
    JobSpec(
      name: "hat", provider: "here", modelName: "hat", version: .auto, train: .empty,
      provenance: number.map { ["syn": ["ground_truth_version": .int($0)]] }, written: .empty)
  }

  private static let missing = Fault.permanent(.notFound, "there is no 43")
  private static let down = Fault.transient(.unavailable, "it is down")

  @Test func `what is there is good, what is not is missing, and each is asked for once`() async {
    let shelf = Shelf(faults: [43: Self.missing])
    var check = ProvenanceCheck(registries: ["syn": shelf], time: HangingTime())
    for _ in 1...3 {
      #expect(await check.verdict(on: Self.spec(42)) == .good)
      #expect(await check.verdict(on: Self.spec(43)) == .missing(Self.missing))
      #expect(await check.verdict(on: Self.spec(nil)) == .good)
    }
    #expect(shelf.asked.all == [42, 43])
  }

  @Test func `a registry that is down is asked once`() async {
    let shelf = Shelf(faults: [42: Self.down])
    var check = ProvenanceCheck(registries: ["syn": shelf], time: HangingTime())
    #expect(await check.verdict(on: Self.spec(42)) == .unknown(Self.down))
    #expect(await check.verdict(on: Self.spec(43)) == .unknown(Self.down))
    #expect(shelf.asked.all == [42])
  }

  @Test func `credentials that are refused say nothing about what is there`() async {
    let refused = Fault.permanent(.unauthorized, "no")
    var check = ProvenanceCheck(registries: ["syn": Shelf(faults: [42: refused])], time: HangingTime())
    #expect(await check.verdict(on: Self.spec(42)) == .unknown(refused))
  }

  @Test func `a registry that says nothing delays nobody`() async {
    var check = ProvenanceCheck(registries: ["syn": Shelf(faults: [:], isSilent: true)], time: InstantTime())
    guard case .unknown(let fault) = await check.verdict(on: Self.spec(42)) else {
      Issue.record("it passed without an answer")
      return
    }
    #expect(fault.code == .timeout)
  }

  /// Time that stands still: nothing is ever late.
  private struct HangingTime: TimeSource {
    let now = Timestamp(milliseconds: 0)
    let monotonic = Duration.zero

    func sleep(until deadline: Duration) async throws {
      await hang()
      throw CancellationError()
    }
  }
}

/// Returns when the task is cancelled.
private func hang() async {
  let (stream, end) = AsyncStream<Never>.makeStream()
  for await _ in stream {}
  end.finish()
}
