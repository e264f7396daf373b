import Testing
import TrainCore
import TrainRegistries
import TrainTestKit

@Suite struct `Numbers in a manifest` {
  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func `a metric that is no number does not make our own version a stranger's`(_ metric: Double) async throws {
    try await TemporaryDirectory.with { directory in
      var release = try SampleRelease.make(["m.bin": [1]], in: "\(directory)/spool")
      release.provenance.metrics = ["loss": metric, "accuracy": 1.0]
      let registry = DirectoryRegistry(path: "\(directory)/shelf")
      #expect(try await Publisher(registry).publish(release).adopted == false)
      #expect(try await Publisher(registry).publish(release).adopted)
    }
  }

  @Test func `a record holds numbers that any parser reads, and whole ones stay as they are`() async throws {
    let text = try await TemporaryDirectory.with { directory in
      var release = try SampleRelease.make(["m.bin": [1]], in: directory)
      release.provenance.metrics = ["loss": .nan, "gain": .infinity, "accuracy": 1.0]
      release.provenance.train = ["rate": .double(-.infinity), "steps": 9_007_199_254_740_993]
      return release.record["provenance"]?.canonical ?? ""
    }
    #expect(text.contains(#""metrics":{"accuracy":1.0,"gain":null,"loss":null}"#))
    #expect(text.contains(#""train":{"rate":null,"steps":9007199254740993}"#))
    #expect(throws: Never.self) { try JSON.parse(text, .strict) }
  }
}
