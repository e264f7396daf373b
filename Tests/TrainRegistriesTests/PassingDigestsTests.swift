import Crypto
import Foundation
import NIOCore
import Testing
import TrainCore
import TrainTestKit

@testable import TrainRegistries

@Suite struct `Digests of an archive that is being sent` {
  private let files: [String: [UInt8]] = ["model.bin": SampleRelease.bytes(700_000), "labels.txt": [1, 2, 3]]

  private func withArchive(_ body: (Release, ZipLayout, [UInt8]) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let release = try SampleRelease.make(files, in: directory)
      let layout = ZipLayout(release.artifact, in: directory)
      var bytes: [UInt8] = []
      for try await buffer in layout.buffers(0..<layout.bytes, pace: nil) { bytes += Array(buffer.readableBytesView) }
      try await body(release, layout, bytes)
    }
  }

  private func pass(_ digests: PassingDigests, _ layout: ZipLayout, _ range: Range<Int64>) async throws {
    let buffers = DigestedBuffers(base: layout.buffers(range, pace: nil), digests: digests, offset: range.lowerBound)
    for try await _ in buffers {}
  }

  private func expected(_ bytes: [UInt8]) -> LayoutDigests {
    LayoutDigests(md5: Insecure.MD5.hash(data: bytes).hex, sha256: SHA256.hash(data: bytes).hex)
  }

  @Test func `are those of its bytes, whatever was sent twice and whatever was never sent from here`() async throws {
    try await withArchive { release, layout, bytes in
      let end = layout.bytes
      for ranges in [
        [0..<end], [0..<300_000, 100_000..<600_000, 600_000..<end], [200_000..<end], [0..<5, 90..<end], [],
      ] {
        let digests = PassingDigests()
        for range in ranges { try await pass(digests, layout, range) }
        // Asked for again, as after an answer that was lost.
        for _ in 1...2 { #expect(try await digests.finish(layout, of: release) == expected(bytes)) }
      }
    }
  }

  @Test func `are refused where the spool is damaged`() async throws {
    try await withArchive { release, layout, _ in
      let path = release.location(of: release.artifact.files[1])
      var damaged = try Data(contentsOf: URL(filePath: path))
      damaged[damaged.count / 2] ^= 1
      try damaged.write(to: URL(filePath: path))
      let digests = PassingDigests()
      try await pass(digests, layout, 0..<layout.bytes)
      let fault = await #expect(throws: Fault.self) { () async throws -> Void in
        _ = try await digests.finish(layout, of: release)
      }
      #expect(fault?.code == .corrupted && fault?.isPermanent == true)
    }
  }

  @Test func `are refused where other bytes were sent than are there now`() async throws {
    try await withArchive { release, layout, bytes in
      var other = bytes
      other[500] ^= 1
      let digests = PassingDigests()
      await digests.take(ByteBuffer(bytes: other), at: 0)
      let fault = await #expect(throws: Fault.self) { () async throws -> Void in
        _ = try await digests.finish(layout, of: release)
      }
      #expect(fault?.code == .sessionExpired)
    }
  }
}
