import Testing
import TrainControl
import TrainCore

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSON { try JSON.parse(Array(text.utf8), what: "a test") }

  @Test(
    arguments: [
      ("null", JSON.null), ("true", true), ("-12", -12), ("1.5e2", 150.0), ("\"a\\u00e9\\n\"", "aé\n"),
      ("\"\\ud83d\\ude00\"", "😀"), (" [1, {\"a\": []}] ", [1, ["a": []]]),
      ("9223372036854775807", 9_223_372_036_854_775_807),
    ] as [(String, JSON)])
  func `a value is read`(text: String, value: JSON) throws { #expect(try parse(text) == value) }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "nul", "\"\\x\"", "\"\\ud800\"", "\"\\ude00\"", "\"\n\"", "1 2",
    "{\"a\":1,\"a\":2}", "1e999", "{a:1}", "\"\\u+123\"", "\"abc",
  ])
  func `what is not JSON is refused`(text: String) { #expect(throws: ControlError.self) { try parse(text) } }

  @Test func `an error says where it is`() {
    let error = #expect(throws: ControlError.self) { try parse("{\n  \"a\": tru\n}") }
    #expect(error?.why.hasPrefix("line 2, column 8") == true)
    #expect(error?.kind == .usage)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: ControlError.self) { try JSON.parse([0x22, 0xFF, 0x22], what: "a test") }
  }

  @Test func `depth has a cap`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try parse(nested(JSONOptions.strict.depth)) }
    #expect(throws: ControlError.self) { try parse(nested(100_000)) }
  }

  @Test func `what is written is the canonical form, and is read back`() throws {
    let value: JSON = [
      "text": "\u{0}\u{1f}\"\\/\u{1F600}é\r\n\t", "list": [1, 2.5, nil, false], "empty": [:], "b": [], "a": [[:]],
    ]
    #expect(value.wireText == value.canonical)
    #expect(try parse(value.wireText) == value)
  }

  @Test func `a number that JSON does not have is written as null`() {
    #expect(([.double(.nan), .double(.infinity), 0.5] as JSON).wireText == "[null,null,0.5]")
  }
}
