import Testing
import TrainTransport

@Suite struct `The text of a query` {
  @Test func `keeps order, repetition and every character`() {
    let pairs = [(name: "a b", value: "1&2=3"), (name: "q", value: "é+/?#"), (name: "q", value: "")]
    let text = QueryText.encode(pairs)
    #expect(text == "a%20b=1%262%3D3&q=%C3%A9%2B%2F%3F%23&q=")
    let read = QueryText.decode(queryOf: "http://x/y?\(text)#fragment")
    #expect(read?.map(\.name) == pairs.map(\.name))
    #expect(read?.map(\.value) == pairs.map(\.value))
  }

  @Test func `reads what forms write, and refuses what is broken`() {
    #expect(QueryText.decode(queryOf: "/p?a=b+c&d")?.map(\.value) == ["b c", ""])
    for wrong in ["http://x/y", "/p?a=%", "/p?a=%4", "/p?a=%zz", "/p?a=%ff"] {
      #expect(QueryText.decode(queryOf: wrong) == nil, "\(wrong)")
    }
    #expect(QueryText.encode([]).isEmpty)
  }
}
