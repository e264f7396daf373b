import Testing
import TrainBase

@Suite struct `The JSON codec` {
  private static let values: [JSON] = [
    nil, true, 0, -12, 1.0, -0.0, 2.5, .int(1 << 53 + 1), .int(.max), .int(.min), 1e20, .double(.leastNonzeroMagnitude),
    .double(.infinity),
    .double(-.infinity), .string("a\u{0}\u{1F}\u{7F}\"\\/\n\r\t\u{2028}😀"), .string("e\u{301}"), .string("\u{E9}"),
    ["e\u{301}": 1, "b": [[:], [], 1.0]], ["Z": 1, "a": 2, "\u{E9}": 3],
  ]

  @Test(arguments: values)
  func `reads what it wrote, byte for byte`(_ value: JSON) throws {
    for text in [value.canonical, value.pretty] {
      let again = try JSON.parse(text, .ours)
      #expect(again == value)
      #expect(Array(again.canonical.utf8) == value.canonicalBytes)
    }
  }

  @Test func `NaN is null, and null is NaN where a number is asked for`() throws {
    let text = try JSON(encoding: ["loss": Double.nan]).canonical
    #expect(text == #"{"loss":null}"#)
    #expect(try JSON.parse(text, .ours).decoded(as: [String: Double].self)["loss"]?.isNaN == true)
  }

  @Test(
    arguments: [
      (.double(.infinity), "1e999"), (.double(-.infinity), "-1e999"), (1.0, "1.0"), (1, "1"),
      (.int(1 << 53 + 1), "9007199254740993"), (1e16, "10000000000000000"), (1e20, "1e+20"), (.double(.nan), "null"),
    ] as [(JSON, String)])
  func `a number has one text`(_ number: JSON, _ text: String) { #expect(number.canonical == text) }

  @Test(arguments: ["1e16", "1e+16", "10000000000000000.0", "10000000000000000"])
  func `a number that is written in digits is read as an integer, however it was written`(_ text: String) throws {
    #expect(try JSON.parse(text) == .int(10_000_000_000_000_000))
  }

  @Test func `names are sorted by their bytes`() {
    let tree: JSON = ["\u{FF5E}": 1, "\u{1F600}": 2, "e\u{301}": 3, "f": 4, "\u{E9}a": 5]
    #expect(tree.canonical == "{\"e\u{301}\":3,\"f\":4,\"\u{E9}a\":5,\"\u{FF5E}\":1,\"\u{1F600}\":2}")
  }

  @Test func `for other programs every number is finite`() {
    let tree: JSON = ["a": [.double(.nan), .double(.infinity), 0.5], "b": .double(-.infinity)]
    #expect(tree.finite.canonical == #"{"a":[null,null,0.5],"b":null}"#)
  }

  @Test func `lines are for people`() {
    let tree: JSON = ["b": [1, [:]], "a": "x\ny"]
    #expect(tree.pretty == "{\n  \"a\": \"x\\ny\",\n  \"b\": [\n    1,\n    {}\n  ]\n}")
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "01", "-", "1.", ".5", "+1", "1e", "--1", "1-", "NaN", "Infinity", "nul", "\"\\x\"",
    "\"\\u+0AB\"", "\"\\u 0AB\"", "\"\\u-0AB\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"",
    "\"\\ud83d\\n\"", "\"\n\"", "1 2", "{a:1}", "\"abc", "\u{FEFF}1", "[1 2]", "{\"a\"}", "]",
  ])
  func `what is not JSON is refused, whoever wrote it`(_ text: String) {
    for options in [JSONOptions.strict, .ours, .foreign] {
      #expect(throws: JSONError.self) { try JSON.parse(text, options) }
    }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test func `an error says where it is`() {
    let error = #expect(throws: JSONError.self) { try JSON.parse("{\n  \"a\": tru\n}") }
    #expect(error?.line == 2 && error?.column == 8 && error?.offset == 9)
  }
}
