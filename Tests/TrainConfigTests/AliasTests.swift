import Testing
import TrainCore

@testable import TrainConfig

@Suite(.timeLimit(.minutes(1))) struct `Aliases` {
  /// Ten times as much on every line.
  private let bomb =
    "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    + (1...20).map { level in
      "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",") + "]\n"
    }.joined()

  private let tooMany =
    "the file holds more than 20000 values, aliases replaced by what they stand for (keep data out of it and name where it is)"

  @Test func `an alias stands for what its anchor holds`() throws {
    let spec = try spec(start + "train:\n  a: &tags [1, {b: two}]\n  c: *tags\n  d: [*tags, 3]\n").spec
    #expect(
      spec.train == ["a": [1, ["b": "two"]], "c": [1, ["b": "two"]], "d": [[1, ["b": "two"]], 3]])
  }

  @Test func `an anchor that comes again stands for the last one`() throws {
    let spec = try spec(start + "train: {a: &x 1, b: *x, c: &x 2, d: *x}\n").spec
    #expect(spec.train == ["a": 1, "b": 1, "c": 2, "d": 2])
  }

  @Test func `a star in text stays a star`() throws {
    let text =
      start + """
        train:
          quoted: '*a "*b"'
          double: "*a \\"*b"
          plain: rm *a *b
          block: |
            *a
            - *b
          # *comment
          folded: >-
            *a
          real: [&a 1, *a]
        """
    #expect(
      try spec(text).spec.train == [
        "quoted": "*a \"*b\"", "double": "*a \"*b", "plain": "rm *a *b", "block": "*a\n- *b\n", "folded": "*a",
        "real": [1, 1],
      ])
  }

  @Test func `a quoted star may begin a key, once`() throws {
    #expect(try spec(start + "train: {'*a': 1, \"*b\": [&x 2, *x]}\n").spec.train == ["*a": 1, "*b": [2, 2]])
    #expect(
      problems(ofSpec: start + "train: {'*a': 1, \"*a\": 2}\n")
        == "x.yaml:3:18: the key `*a` is written more than once here (keep one of them; the first is on line 3)")
  }

  @Test func `an alias to nothing says so`() {
    #expect(
      problems(ofSpec: start + "train: {x: *a, y: &a 1}\n")
        == "x.yaml:3:12: `*a` stands for nothing: no `&a` comes before it (quote text that begins with `*`)")
  }

  @Test func `an alias of an anchor around it is an alias to nothing`() {
    #expect(
      problems(ofSpec: start + "train: {x: &a [*a]}\n")
        == "x.yaml:3:16: `*a` stands for nothing: no `&a` comes before it (quote text that begins with `*`)")
  }

  @Test(arguments: ["", "? *a20\n: 1\n", "x: {*a20}\n", "x: [? *a20]\n", "x: {[*a20]}\n"])
  func `a bomb is disarmed, also in a key`(_ fuse: String) {
    #expect(problems(ofSpec: bomb + fuse) == "x.yaml:5:10: \(tooMany)")
  }

  @Test func `a bomb that is a key twice is disarmed`() {
    let said = problems(ofSpec: bomb + "x: {*a20 : 1, *a20 : 2}\n")
    #expect(said == "x.yaml:22:5: a key is written more than once here (keep one of them)")
  }

  @Test func `a wide alias counts as often as it is used`() {
    let wide = "train:\n  a: &a [" + String(repeating: "1,", count: 999) + "]\n"
    let uses = String(repeating: "*a,", count: 18)
    #expect(problems(ofSpec: start + wide + "  b: [\(uses)]\n") == "right")
    #expect(problems(ofSpec: start + wide + "  b: [\(uses)*a,*a]\n") == "x.yaml:5:61: \(tooMany)")
  }

  @Test func `aliases nest no deeper than what is written out`() {
    var text = start + "train:\n  a0: &a0 [1]\n"
    for level in 1...40 { text += "  a\(level): &a\(level) [*a\(level - 1)]\n" }
    #expect(problems(ofSpec: text) == "x.yaml:33:14: values are nested more than 32 deep (flatten them)")
  }

  @Test func `an alias is no key`() {
    #expect(
      problems(ofSpec: start + "train: {a: &k key, *k : 1}\n") == "x.yaml:3:20: a key must be plain text (write it out)"
    )
  }

  @Test func `what an alias stands for is found at the alias`() throws {
    let spec = try spec(start + "train:\n  a: &a [1, 2]\n  b: *a\n")
    #expect(spec.location(of: "train.b") == (5, 3))
    #expect(spec.location(of: "train.b[1]") == (4, 13))
  }
}
