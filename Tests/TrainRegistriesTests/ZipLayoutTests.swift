import Foundation
import NIOCore
import Testing
import TrainCore
import TrainTestKit

@testable import TrainRegistries

@Suite struct `A store-mode ZIP` {
  private let files: [String: [UInt8]] = [
    "model.bin": SampleRelease.bytes(100_000), "deep/er/größe.txt": Array("ü".utf8), "empty": [], "b": [0],
  ]

  private func read(_ layout: ZipLayout, _ range: Range<Int64>) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await buffer in layout.buffers(range, pace: nil) { bytes += Array(buffer.readableBytesView) }
    return bytes
  }

  @Test func `is read back by a reader of its own, and by python's where there is one`() async throws {
    try await TemporaryDirectory.with { directory in
      let release = try SampleRelease.make(files, in: directory)
      let layout = ZipLayout(release.artifact, in: directory)
      let bytes = try await read(layout, 0..<layout.bytes)
      #expect(Int64(bytes.count) == layout.bytes)
      #expect(try ZipReader(bytes).contents() == files)
      let archive = "\(directory)/archive.zip"
      try Data(bytes).write(to: URL(filePath: archive))
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return }
      let python = Process()
      python.executableURL = URL(filePath: "/usr/bin/python3")
      python.arguments = [
        "-c",
        "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print(*sorted(z.namelist()),sep='|')",
        archive,
      ]
      let output = Pipe()
      python.standardOutput = output
      try python.run()
      python.waitUntilExit()
      #expect(python.terminationStatus == 0)
      let names = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      #expect(names == files.keys.sorted().joined(separator: "|") + "\n")
    }
  }

  @Test func `has the same bytes each time, and any range of them can be read alone`() async throws {
    try await TemporaryDirectory.with { directory in
      let release = try SampleRelease.make(files, in: directory)
      let layout = ZipLayout(release.artifact, in: directory)
      let whole = try await read(layout, 0..<layout.bytes)
      for start in stride(from: Int64(0), to: layout.bytes, by: 7919) {
        let end = min(layout.bytes, start + 20_011)
        #expect(
          try await read(ZipLayout(release.artifact, in: directory), start..<end) == Array(whole[Int(start)..<Int(end)])
        )
      }
      for start in (layout.bytes - 400)..<layout.bytes {
        #expect(try await read(layout, start..<layout.bytes) == Array(whole[Int(start)...]))
      }
    }
  }

  @Test func `beyond 4 GiB says so in ZIP64 records`() async throws {
    let digests = SampleRelease.digests(of: [])
    let large: Int64 = 5 << 30
    let artifact = Artifact(
      files: ["a", "b", "c"].map { Artifact.File(path: $0, bytes: $0 == "b" ? 10 : large, digests: digests) }
    ) { _ in "" }
    let layout = ZipLayout(artifact, in: "/nowhere")
    let central = layout.bytes - 500
    var tail: [UInt8] = []
    var offset = central
    while offset < layout.bytes {
      let (piece, start, length) = layout.piece(at: offset)
      guard case .bytes(let buffer) = piece else {
        // Inside of c's data: skipped.
        tail += [UInt8](repeating: 0, count: Int(start + length - offset))
        offset = start + length
        continue
      }
      tail += Array(buffer.readableBytesView)
      offset = start + length
    }
    let entries = try ZipReader(tail: tail, startingAt: Int(central)).entries
    #expect(entries.map(\.path) == ["a", "b", "c"])
    #expect(entries.map(\.bytes) == [Int(large), 10, Int(large)])
    let first = 30 + 1 + 20 + Int(large)
    #expect(entries.map(\.offset) == [0, first, first + 31 + 10])
  }

  @Test func `of more entries than 16 bits count says so too`() throws {
    let digests = SampleRelease.digests(of: [])
    let artifact = Artifact(
      files: (0..<70_000).map { Artifact.File(path: "f\($0)", bytes: 0, digests: digests) }
    ) { _ in "" }
    let layout = ZipLayout(artifact, in: "/nowhere")
    let (piece, start, length) = layout.piece(at: layout.bytes - 1)
    guard case .bytes(let end) = piece else {
      Issue.record("no end record")
      return
    }
    #expect(start + length == layout.bytes)
    #expect(length == 56 + 20 + 22)
    #expect(end.getInteger(at: 32, endianness: .little, as: UInt64.self) == 70_000)
  }
}
