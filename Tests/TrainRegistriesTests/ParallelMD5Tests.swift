import Crypto
import Foundation
import Testing
import TrainCore
import TrainTestKit

@testable import TrainRegistries

@Suite struct `MD5s of a file's parts` {
  private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ ($0 >> 9)) } }

  private func md5(_ bytes: some Sequence<UInt8>) -> String { Insecure.MD5.hash(data: Array(bytes)).hex }

  private func withFile(_ bytes: [UInt8], _ body: (String) async throws -> Void) async throws {
    try await TemporaryDirectory.with { directory in
      let path = "\(directory)/file"
      try Data(bytes).write(to: URL(filePath: path))
      try await body(path)
    }
  }

  @Test(arguments: [[0], [1, 2, 3], [55, 56, 57, 63, 64, 65, 119, 120], [0, 700_000, 1, 262_144, 300_000, 64]])
  func `taken side by side are those taken one by one`(_ lengths: [Int]) async throws {
    let all = bytes(1_000_000)
    try await withFile(all) { path in
      let ranges = lengths.enumerated().map { Int64($0.offset * 1000)..<Int64($0.offset * 1000 + $0.element) }
      let found = try await ParallelMD5.take(at: path, ranges)
      #expect(found == ranges.map { md5(all[Int($0.lowerBound)..<Int($0.upperBound)]) })
    }
  }

  @Test func `are given to all who ask at once, and again to who asks again`() async throws {
    let all = bytes(450_000)
    let part = 30_000
    try await withFile(all) { path in
      let md5s = PartMD5s()
      let cut = PartMD5s.Cut(path: path, bytes: 450_000, part: Int64(part))
      for _ in 1...2 {
        let found = try await withThrowingTaskGroup(of: (Int, String).self) { group in
          for index in 0..<15 {
            group.addTask {
              let md5 = try await md5s.md5(ofPart: index, of: cut).get()
              await md5s.read(ahead: index, of: cut)
              return (index, md5)
            }
          }
          return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for index in 0..<15 { #expect(found[index] == md5(all[(index * part)..<((index + 1) * part)])) }
      }
    }
  }

  @Test func `come also when those who read for all were cancelled`() async throws {
    let all = bytes(8_000_000)
    try await withFile(all) { path in
      let md5s = PartMD5s()
      let cut = PartMD5s.Cut(path: path, bytes: 8_000_000, part: 1_000_000)
      let found = try await withThrowingTaskGroup(of: String?.self) { group in
        group.addTask {
          await withTaskGroup(of: Void.self) { cancelled in
            for index in 0..<4 { cancelled.addTask { _ = await md5s.md5(ofPart: index, of: cut) } }
            cancelled.cancelAll()
          }
          return nil
        }
        group.addTask { try await md5s.md5(ofPart: 7, of: cut).get() }
        return try await group.reduce(into: [String]()) { found, md5 in if let md5 { found.append(md5) } }
      }
      #expect(found == [md5(all[7_000_000...])])
    }
  }

  @Test func `of a file that became shorter are refused`() async throws {
    try await withFile(bytes(1000)) { path in
      await #expect(throws: Fault.self) { () async throws -> Void in
        _ = try await ParallelMD5.take(at: path, [0..<500, 500..<1001])
      }
    }
  }
}
