import Foundation
import NIOCore
import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@Suite struct `A file in slices` {
  /// Descriptors of this process that are open on a path.
  private func descriptors(on path: String) -> Int {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return all.count { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
  }

  private func with(_ count: Int, _ work: (String, [UInt8]) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let bytes = SampleRelease.bytes(count)
      try Data(bytes).write(to: URL(filePath: "\(directory)/file"))
      try await work("\(directory)/file", bytes)
    }
  }

  @Test func `comes whole, in order, a MiB at most at once, and pays for each before it is read`() async throws {
    try await with(3 * 1024 * 1024 + 5) { path, bytes in
      for range in [0..<bytes.count, 1..<2, 7..<(2 * 1024 * 1024), 5..<5] {
        let pace = CountingPace()
        var taken: [UInt8] = []
        for try await buffer in FileSlices(
          path: path, range: Int64(range.lowerBound)..<Int64(range.upperBound), pace: pace)
        {
          #expect(buffer.readableBytes <= 1024 * 1024)
          #expect(pace.bytes == Int64(taken.count + buffer.readableBytes))
          taken += Array(buffer.readableBytesView)
        }
        #expect(taken == Array(bytes[range]))
      }
      #expect(descriptors(on: path) == 0)
    }
  }

  @Test func `keeps every buffer as it was while later ones are read`() async throws {
    try await with(6 * 1024 * 1024) { path, bytes in
      var all: [ByteBuffer] = []
      for try await buffer in FileSlices(path: path, range: 0..<Int64(bytes.count)) { all.append(buffer) }
      #expect(all.flatMap { Array($0.readableBytesView) } == bytes)
    }
  }

  @Test func `closes its file when it is left in the middle, and when it fails`() async throws {
    try await with(3 * 1024 * 1024) { path, bytes in
      for try await _ in FileSlices(path: path, range: 0..<Int64(bytes.count)) { break }
      #expect(descriptors(on: path) == 0)
      let fault = await #expect(throws: Fault.self) {
        for try await _ in FileSlices(path: path, range: 0..<Int64(bytes.count + 1)) {}
      }
      #expect(fault?.code == .io)
      #expect(fault?.message.contains("shorter") == true)
      #expect(descriptors(on: path) == 0)
    }
  }

  @Test func `that is not there is a fault that names it`() async throws {
    let fault = await #expect(throws: Fault.self) {
      for try await _ in FileSlices(path: "/no/such/file", range: 0..<1) {}
    }
    #expect(fault?.code == .notFound)
    #expect(fault?.message.contains("/no/such/file") == true)
  }
}
