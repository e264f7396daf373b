import Testing
import TrainCore

@testable import TrainStore

@Suite struct StoredJSONTests {
  private struct Sample: Codable, Equatable {
    enum Choice: Codable, Equatable {
      case plain
      case labelled(JSON, count: UInt64?)
    }
    var choice: Choice
    var duration: Duration
    var measures: [String: Double]
    var tree: JSON
    var optional: Double?
    var bytes: [UInt8]
    var nested: [[Int8]]
  }

  private func sample(_ tree: JSON) -> Sample {
    Sample(
      choice: .labelled([1.0, 1], count: .max), duration: .seconds(300) + .nanoseconds(-1),
      measures: [
        "up": .infinity, "down": -.infinity, "tiny": .leastNonzeroMagnitude, "big": 1e300, "whole": 3,
        "third": 1.0 / 3,
      ],
      tree: tree, optional: nil, bytes: [0, 255], nested: [[], [-128]])
  }

  @Test func `a value comes back as it was`() throws {
    let value = sample(["b": [true, nil, -0.0, 1.0, 1], "a": [:], "c": []])
    #expect(try StoredJSON.value(Sample.self, from: StoredJSON.text(of: value)) == value)
    #expect(try StoredJSON.value(Sample.Choice.self, from: StoredJSON.text(of: Sample.Choice.plain)) == .plain)
  }

  @Test func `the same value is the same text, its keys in order`() throws {
    let members = (0..<50).map { ("k\($0)", JSON.int(Int64($0))) }
    let one = JSON.object(Dictionary(uniqueKeysWithValues: members))
    let other = JSON.object(Dictionary(uniqueKeysWithValues: members.reversed()))
    #expect(try StoredJSON.text(of: one) == StoredJSON.text(of: other))
    #expect(try StoredJSON.text(of: ["b": 1, "a": [2.0]] as JSON) == #"{"a":[2.0],"b":1}"#)
  }

  @Test func `a whole double stays a double and a large integer an integer`() throws {
    let tree: JSON = [1.0, 1, .int(.max), .int(.min), 1e20]
    #expect(try StoredJSON.value(JSON.self, from: StoredJSON.text(of: tree)) == tree)
  }

  @Test func `what is not a number is stored and does not stop a job`() throws {
    let text = try StoredJSON.text(of: ["loss": Double.nan])
    #expect(text == #"{"loss":null}"#)
    #expect(try StoredJSON.value([String: Double].self, from: text)["loss"]?.isNaN == true)
    let observation = Observation(.running, progress: .nan)
    #expect(try StoredJSON.value(Observation.self, from: StoredJSON.text(of: observation)).progress == nil)
  }

  @Test(arguments: ["", "plain", "\u{0}\u{1}\u{1F}\u{7F}\"\\/\n\r\t", "e\u{301} \u{1F469}\u{200D}\u{1F680} \u{2028}"])
  func `text comes back byte for byte`(text: String) throws {
    let back = try StoredJSON.value(String.self, from: StoredJSON.text(of: text))
    #expect(Array(back.utf8) == Array(text.utf8))
  }

  @Test func `text that another program wrote is understood`() throws {
    let text = " {\n\t\"a\" : [ 1 , -2.5e+3 , \"\\u00e9\\ud83d\\ude80\\/\\b\\f\" ] , \"b\" : { } }\r\n"
    let tree: JSON = ["a": [1, -2500.0, "\u{E9}\u{1F680}/\u{8}\u{C}"], "b": [:]]
    #expect(try StoredJSON.value(JSON.self, from: text) == tree)
  }

  @Test(arguments: [
    "", " ", "{", "[1,", "[1 2]", "{\"a\"}", "{\"a\":1,}", "nul", "tru", "1 2", "\"open", "\"\\", "\"\\u12",
    "\"\\ud83d\"",
    "\"\\ud83d\\u0041\"", "--1", "1-", "]", "{1:2}", String(repeating: "[", count: 100_000),
  ])
  func `text that is no JSON is refused`(text: String) {
    #expect(throws: (any Error).self) { try StoredJSON.value(JSON.self, from: text) }
  }

  @Test func `an error says where it was met`() {
    let error = #expect(throws: DecodingError.self) {
      try StoredJSON.value([String: [Tombstone]].self, from: #"{"list":[{"id":7}]}"#)
    }
    #expect("\(String(describing: error))".contains("list"))
  }
}
