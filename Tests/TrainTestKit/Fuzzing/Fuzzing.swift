internal import Foundation

/// A run of one fuzzer: where its inputs begin, how many there are, what it has to say for itself.
public struct Fuzzing: Sendable {
  public let name: String
  /// Kept inputs: samples of what is right, and what once found a defect.
  public let corpus: [[UInt8]]
  public let rounds: Int
  public var mutator: Mutator
  /// Inputs that were taken as right.
  public private(set) var accepted = 0

  /// - Parameters:
  ///   - name: the folder of its corpus, in `Corpus/` beside the test's file.
  ///   - more: inputs that a test makes, of which mutations begin too.
  ///   - rounds: inputs in a short run; `TRAIND_FUZZ_ROUNDS` times as many in a long one.
  public init(
    _ name: String, rounds: Int, pieces: [String] = [], most: Int = 65_536, more: [[UInt8]] = [], file: String
  ) throws {
    self.name = name
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Corpus/\(name)")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    corpus = try files.sorted().map { Array(try Data(contentsOf: folder.appendingPathComponent($0))) } + more
    let environment = ProcessInfo.processInfo.environment
    self.rounds = rounds * max(1, environment["TRAIND_FUZZ_ROUNDS"].flatMap(Int.init) ?? 1)
    let seed = environment["TRAIND_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    mutator = Mutator(seed: seed, pieces: pieces, most: most)
  }

  /// Tries the kept inputs as they are, then as many damaged ones.
  /// - Parameter work: returns whether the input was taken as right; throws when a property does not hold.
  public mutating func run(_ work: ([UInt8]) throws -> Bool) async rethrows {
    for bytes in corpus { if try work(bytes) { accepted += 1 } }
    for round in 0..<rounds {
      // Other tests of the process share the few threads, and watch the time.
      if round % 16 == 0 { await Task.yield() }
      if try work(mutator.next(of: corpus)) { accepted += 1 }
    }
    print("fuzzed \(name): \(corpus.count + rounds) inputs, \(accepted) of them accepted")
  }

  /// The same for a property that has to wait for something.
  public mutating func runAsync(_ work: @Sendable ([UInt8]) async throws -> Bool) async rethrows {
    for bytes in corpus { if try await work(bytes) { accepted += 1 } }
    for _ in 0..<rounds { if try await work(mutator.next(of: corpus)) { accepted += 1 } }
    print("fuzzed \(name): \(corpus.count + rounds) inputs, \(accepted) of them accepted")
  }
}
