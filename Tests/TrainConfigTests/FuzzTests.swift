import Foundation
import Testing
import TrainConfig
import TrainCore
import TrainTestKit

@Suite(.timeLimit(.minutes(60))) struct `Mutated files` {
  private static let pieces: [String] = [
    "*a", "&a ", "[", "]", "{", "}", ": ", "- ", "? ", "\n", "\n  ", "\t", "\"", "'", "#", "|", ">", "!", "!!int ", "%",
    "@", "<<: ", "---\n", "...\n", ",", "1e999", "~", "provider: x\n", "train: {}\n", "\\x", "\\ud800", "*a5", "&a5 ",
  ]

  /// Every problem names a line of the file, and no file keeps its reader for long.
  private func check(_ bytes: [UInt8], _ decode: () throws(ConfigProblems) -> Void) -> Bool {
    let begun = ContinuousClock.now
    defer { #expect(ContinuousClock.now - begun < .seconds(5), "\(bytes.count) bytes: \(bytes.prefix(200))") }
    do throws(ConfigProblems) {
      try decode()
      return true
    } catch {
      #expect(!error.problems.isEmpty)
      let lines = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }.count
      // Unicode's other line breaks count too, and the end of the file is a line of its own.
      let others = bytes.count { $0 == 0x85 || $0 == 0xA8 || $0 == 0xA9 }
      for problem in error.problems {
        #expect((1...lines + others + 1).contains(problem.place.line), "\(problem) in \(bytes.prefix(500))")
        #expect(problem.place.column >= 1)
      }
      return false
    }
  }

  @Test func `neither crash nor hang the decoder of specs, and what is taken can be stored`() async throws {
    var fuzzing = try Fuzzing("spec", rounds: 3000, pieces: Self.pieces, file: #filePath)
    await fuzzing.run { bytes in
      var located: LocatedSpec?
      let isRight = check(bytes) { () throws(ConfigProblems) in
        located = try SpecDecoder().decode(bytes, file: "f", name: "x")
      }
      if let located {
        #expect(located.location(of: "train").line > 0)
        #expect(Naming.isName(located.spec.modelName))
        #expect(JSON.depth(of: located.spec.train) < 256, "deeper than any reader of ours goes")
      }
      return isRight
    }
    // Else the mutations would only ever try the first line of defence.
    #expect(fuzzing.accepted * 50 > fuzzing.rounds)
  }

  @Test func `neither crash nor hang the decoder of the configuration`() async throws {
    var fuzzing = try Fuzzing("config", rounds: 1500, pieces: Self.pieces, file: #filePath)
    await fuzzing.run { bytes in
      check(bytes) { () throws(ConfigProblems) in
        _ = try DaemonConfigDecoder(kinds: kinds, defaults: .builtIn(stateDirectory: "/s")).decode(bytes, file: "f")
      }
    }
    #expect(fuzzing.accepted * 50 > fuzzing.rounds)
  }
}

extension JSON {
  fileprivate static func depth(of value: JSON) -> Int {
    switch value {
    case .null, .bool, .int, .double, .string: 0
    case .array(let values): 1 + (values.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    }
  }
}
