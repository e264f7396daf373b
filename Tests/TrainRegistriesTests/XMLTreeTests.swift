import NIOCore
import Testing

@testable import TrainRegistries

@Suite struct `XML as S3 writes it` {
  private func parse(_ text: String) -> XMLTree? { XMLTree(parsing: ByteBuffer(string: text)) }

  @Test func `is read with its names, its text and its repetitions`() throws {
    let tree = try #require(
      parse(
        """
        \u{feff}<?xml version="1.0" encoding="UTF-8"?>
        <!-- a comment --><s3:List xmlns:s3='http://s3.amazonaws.com/doc/2006-03-01/' a = "<>">
          <Part><Number>1</Number><ETag>&quot;abc&quot;</ETag></Part>
          <Part ><Number>2</Number><ETag><![CDATA["d&f"]]></ETag><Empty/></Part >
          <Key>a &amp; b &#252;&#xFC; &lt;</Key>
        </s3:List>

        """))
    #expect(tree.name == "List")
    #expect(tree.all("Part").map { $0.text("Number") } == ["1", "2"])
    #expect(tree.all("Part").map { $0.text("ETag") } == ["\"abc\"", "\"d&f\""])
    #expect(tree.text("Key") == "a & b üü <")
    #expect(tree.all("Part").last?["Empty"]?.text == "")
    #expect(tree["None"] == nil)
  }

  @Test(arguments: [
    "", "text", "<a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a>&unknown;</a>", "<a>&amp</a>", "<a b></a>",
    "<a b=c></a>", "<a b='c></a>", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<a><!DOCTYPE b></a>", "<a>&#xD800;</a>",
    "<a>&#99999999;</a>", "<a><!-- </a>", "<a", "<", "<a>x</a>y", "<html><br><p>login</p></html>",
  ]) func `is refused when it is malformed`(_ text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `is refused when it is no UTF-8, or too deep`() {
    #expect(XMLTree(parsing: ByteBuffer(bytes: Array("<a>".utf8) + [0xff] + Array("</a>".utf8))) == nil)
    let depth = XMLTree.mostDepth
    #expect(parse(String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)) != nil)
    #expect(parse(String(repeating: "<a>", count: depth + 1) + String(repeating: "</a>", count: depth + 1)) == nil)
    #expect(parse(String(repeating: "<a>", count: 100_000)) == nil)
  }
}
