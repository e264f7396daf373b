import Testing
import TrainControl
import TrainCore
import TrainTestKit
import TrainTransport

@testable import TrainStore

@Suite struct `One text for one value` {
  private static let values: [JSON] = [
    1, 1.0, -0.0, 9_007_199_254_740_993, 1e16, 1e20, .double(.leastNonzeroMagnitude),
    ["Z": 1, "a": [true, nil], "\u{E9}": 2, "e\u{301}x": 3],
    .string("\u{0}\"\\\n\u{7F}e\u{301}\u{E9}😀"),
  ]

  private func record(_ directory: String, _ work: (inout Release) -> Void) throws -> JSON? {
    var release = try SampleRelease.make(["m.bin": [1]], in: directory)
    work(&release)
    return release.record["provenance"]
  }

  @Test(arguments: values)
  func `store, socket and manifest write the same bytes, and each reads the others'`(_ value: JSON) async throws {
    let stored = try StoredJSON.text(of: value)
    let spoken = value.wireText
    let published = try await TemporaryDirectory.with { directory in
      try record(directory) { $0.provenance.train = ["it": value] }?["train"]?["it"]?.canonical ?? ""
    }
    #expect(Array(stored.utf8) == Array(spoken.utf8))
    #expect(Array(stored.utf8) == Array(published.utf8))
    for again in [
      try StoredJSON.value(JSON.self, from: spoken), try JSON.parse(Array(published.utf8), what: "it"),
      try #require(JSON(parsing: stored)),
    ] {
      #expect(Array(again.canonical.utf8) == Array(stored.utf8))
    }
  }

  @Test func `NaN is null in all three, and a number again where one is asked for`() async throws {
    let stored = try StoredJSON.text(of: ["loss": Double.nan])
    #expect(stored == #"{"loss":null}"#)
    #expect((["loss": .double(.nan)] as JSON).wireText == stored)
    let published = try await TemporaryDirectory.with { directory in
      try record(directory) { $0.provenance.metrics = ["loss": .nan] }?["metrics"]?.canonical
    }
    #expect(published == stored)
    #expect(try StoredJSON.value([String: Double].self, from: stored)["loss"]?.isNaN == true)
  }

  @Test(arguments: ["\"\\u+0AB\"", "{\"e\u{301}\":1,\"\u{E9}\":2}"])
  func `what is no JSON to one is none to the other`(_ text: String) {
    #expect(throws: (any Error).self) { try StoredJSON.value(JSON.self, from: text) }
    #expect(throws: ControlError.self) { try JSON.parse(Array(text.utf8), what: "it") }
  }
}
