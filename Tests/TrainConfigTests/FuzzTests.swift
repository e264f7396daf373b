import Testing
import TrainConfig
import TrainCore

/// SplitMix64: the same mutations on every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

@Suite(.timeLimit(.minutes(2))) struct `Mutated files` {
  private static let seeds: [String] = [
    """
    provider: viam
    model: {name: hardhat, version: 1.4.0}
    train:
      dataset: 66491a0666a6c8aa4a33e43e
      tags: [hardhat, person]
      script: |
        echo *a > "x"
    publish:
      - {registry: synapse, plugin: 123}
      - {registry: shelf}
    limits: {queue: 6h, run: 12h, stop: 5m}
    start: apply
    """,
    "# c\nprovider: \"he\\tre\"\nmodel:\n  version: auto\ntrain: {a: &a [1, 2.5], b: *a, c: 'it''s', d: !!str 3}\n",
    "poll: {fastest: 2s}\nproviders:\n  v: {kind: viam, organization: o, api_key_id: i, api_key: {env: K}}\n  here: {kind: local}\n",
  ]

  private static let pieces: [String] = [
    "*a", "&a ", "[", "]", "{", "}", ": ", "- ", "? ", "\n", "\n  ", "\t", "\"", "'", "#", "|", ">", "!", "!!int ", "%",
    "@",
    "<<: ", "---\n", "...\n", ",", "\u{0}", "\u{FEFF}", "\u{85}", "\r", "é", "\u{E000}", "1e999", "~", "provider: x\n",
    "train: {}\n", "\\x", "\\ud800",
  ]

  private func mutate(_ seed: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0...bytes.count, using: &random)
      let other = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes.insert(UInt8.random(in: 0x20...0x7E, using: &random), at: at)
      case 1 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
      case 2: bytes.removeSubrange(min(at, other)..<min(max(at, other), min(at, other) + 20))
      case 3 where bytes.count < 4096: bytes.insert(contentsOf: Array(bytes[min(at, other)..<max(at, other)]), at: at)
      default:
        let piece = `Mutated files`.pieces.randomElement(using: &random) ?? ""
        bytes.insert(contentsOf: Array(piece.utf8), at: at)
      }
    }
    return bytes
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `neither crash nor hang the decoders, and what is wrong is said with a place`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var right = 0
    for round in 0..<1500 {
      let bytes = mutate(Array(`Mutated files`.seeds[round % 3].utf8), &random)
      do throws(ConfigProblems) {
        if round % 3 == 2 {
          _ = try DaemonConfigDecoder(kinds: kinds, defaults: .builtIn(stateDirectory: "/s")).decode(bytes, file: "f")
        } else {
          let spec = try SpecDecoder().decode(bytes, file: "f", name: "x")
          #expect(spec.location(of: "train").line > 0)
          #expect(Naming.isName(spec.spec.modelName))
        }
        right += 1
      } catch {
        #expect(!error.problems.isEmpty)
        let lines = bytes.split(omittingEmptySubsequences: false) { $0 == 0x0A || $0 == 0x0D }.count
        for problem in error.problems {
          // Unicode's other line breaks count too.
          #expect((1...lines + 8).contains(problem.place.line), "\(problem) in \(bytes)")
          #expect(problem.place.column >= 1)
        }
      }
    }
    // Else the mutations would only ever try the first line of defence.
    #expect(right > 50)
  }
}
