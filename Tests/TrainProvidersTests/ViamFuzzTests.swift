import Foundation
import SwiftProtobuf
import Testing
import TrainCore
import TrainTestKit
import ViamAPI

@testable import TrainProviders
@testable import TrainViam

@Suite(.timeLimit(.minutes(60))) struct ViamFuzzTests {
  private typealias Job = Viam_App_Mltraining_V1_TrainingJobMetadata

  private func job(_ status: Viam_App_Mltraining_V1_TrainingStatus) throws -> [UInt8] {
    let job = Job.with {
      $0.id = "663921c9e7a6d10ff1746884"
      $0.status = status
      $0.datasetID = "66491a0666a6c8aa4a33e43e"
      $0.organizationID = FakeViam.organization
      $0.modelName = "hardhat"
      $0.modelVersion = "1.4.0"
      $0.tags = ["hardhat", "person"]
      $0.arguments = ["epochs": "10"]
      $0.createdOn = .init(seconds: 1_790_000_000, nanos: 5)
      $0.errorStatus.message = "no files"
    }
    return try job.serializedBytes()
  }

  @Test func `a damaged job is never an end that it does not state`() async throws {
    let samples = try [job(.pending), job(.inProgress), job(.completed), job(.failed), job(.canceled)]
    var fuzzing = try Fuzzing("viam-job", rounds: 6000, most: 1 << 16, more: samples, file: #filePath)
    await fuzzing.run { bytes in
      guard let job = try? Job(serializedBytes: bytes) else { return false }
      let text = JSON(job).canonical
      #expect(!text.isEmpty)
      switch Observation(job)?.phase {
      case .failed: #expect(job.status == .failed)
      case .cancelled: #expect(job.status == .canceled)
      case .succeeded: #expect(job.status == .completed)
      case .lost: Issue.record("one answer never says that a run is lost")
      case .pending, .running, .stopping, nil: break
      }
      return true
    }
  }

  @Test func `damaged checksums of a download are none, or numbers`() async throws {
    var fuzzing = try Fuzzing(
      "viam-hashes", rounds: 4000, pieces: ["crc32c=", "md5=", ",", "==", "AAAA"], most: 4096,
      more: [Array("crc32c=n03x6A==,md5=1B2M2Y8AsgTpgAmY7PhCfg==".utf8), Array("crc32c=AAAAAA==".utf8)], file: #filePath
    )
    let digests = SampleRelease.digests(of: [1, 2, 3])
    await fuzzing.run { bytes in
      let hashes = ViamHashes(lines: [String(decoding: bytes, as: UTF8.self)])
      let isThere = hashes.crc32c != nil || hashes.md5 != nil
      #expect(isThere || hashes.mismatch(with: digests) == nil)
      return isThere
    }
  }
}
