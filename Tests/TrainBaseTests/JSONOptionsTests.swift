import Testing
import TrainBase

@Suite struct `What a reader of JSON takes` {
  @Test func `a name that is given twice is refused with its place, or the first is kept`() throws {
    let text = "{\"a\":1,\n\"a\":2}"
    let error = #expect(throws: JSONError.self) { try JSON.parse(text) }
    #expect(error?.description == "line 2, column 1: 'a' is given twice")
    #expect(try JSON.parse(text, .foreign) == ["a": 1])
  }

  @Test func `names that differ in their bytes alone are one name, and none is lost in silence`() throws {
    let error = #expect(throws: JSONError.self) { try JSON.parse("{\"e\u{301}\":1,\"\u{E9}\":2}") }
    #expect(error?.line == 1 && error?.column == 10)
    #expect(error?.reason.hasSuffix("is given twice, in other bytes") == true)
  }

  @Test func `depth has a limit`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSON.parse(nested(3), JSONOptions(depth: 3)) }
    #expect(throws: JSONError.self) { try JSON.parse(nested(4), JSONOptions(depth: 3)) }
    for options in [JSONOptions.strict, .ours, .foreign] {
      #expect(throws: JSONError.self) { try JSON.parse(nested(100_000), options) }
    }
  }

  @Test func `the number of values has a limit`() throws {
    let text = "[1,{\"a\":null},\"x\"]"
    #expect(throws: Never.self) { try JSON.parse(text, JSONOptions(values: 5)) }
    let error = #expect(throws: JSONError.self) { try JSON.parse(text, JSONOptions(values: 4)) }
    #expect(error?.reason == "more than 4 values")
  }

  @Test func `a number beyond a double is refused or infinite`() throws {
    #expect(throws: JSONError.self) { try JSON.parse("1e999") }
    #expect(throws: JSONError.self) { try JSON.parse("[-1e999]", .foreign) }
    #expect(try JSON.parse("-1e999", .ours) == .double(-.infinity))
  }

  @Test func `an integer beyond 64 bits is rounded or refused`() throws {
    #expect(try JSON.parse("9223372036854775808") == 9_223_372_036_854_775_808.0)
    #expect(throws: JSONError.self) {
      try JSON.parse("9223372036854775808", JSONOptions(longIntegers: .refused))
    }
  }
}
