import Testing
import TrainConfig

@Suite(.timeLimit(.minutes(2))) struct `Files that are not the YAML we read` {
  @Test(arguments: [
    Golden("provider: here\n\tmodel: x\n", "x.yaml:2:1: a tab cannot indent (use spaces)"),
    Golden("provider:\n\t- a\n", "x.yaml:2:1: a tab cannot indent (use spaces)"),
    Golden("train:\n  script: |\n\techo\n", "x.yaml:3:1: a tab cannot indent (use spaces)"),
    Golden(
      "a: b: c\n",
      "x.yaml:1:5: a `:` is not expected here (indent keys of one mapping alike, and quote text that holds `: `)"),
    Golden(
      "provider: here\n  model: x\n",
      "x.yaml:2:8: a `:` is not expected here (indent keys of one mapping alike, and quote text that holds `: `)"),
    Golden(
      "provider: here\nmodel: {version: 1}\n train: {}\n",
      "x.yaml:3:2: a key is expected here (indent it like the mapping that begins on line 1)"),
    Golden("- a\nb: c\n", "x.yaml:2:1: a `-` is expected here (indent it like the list that begins on line 1)"),
    Golden("provider: \"here\nmodel: x\n", "x.yaml:1:11: the quote that opens here is never closed (close it)"),
    Golden(
      "provider: [a, b\nmodel: x\n",
      "x.yaml:1:11: the list that opens here is not closed with `]` (look at line 2)"),
    Golden(
      "model: {version: 1\ntrain: {}\n",
      "x.yaml:1:8: the mapping that opens here is not closed with `}` (look at line 2)"),
    Golden("provider: \"a\" b\n", "x.yaml:1:15: the value before this has ended already (put all of it in quotes)"),
    Golden("provider: @a\n", "x.yaml:1:11: a value cannot begin with `@` (put it in quotes)"),
    Golden("provider: `a`\n", "x.yaml:1:11: a value cannot begin with a backtick (put it in quotes)"),
    Golden("tags: [*.png]\n", "x.yaml:1:8: a value cannot begin with `*` (put it in quotes)"),
    Golden("tags: [& b]\n", "x.yaml:1:8: a value cannot begin with `&` (put it in quotes)"),
    Golden("a: ]\n", "x.yaml:1:4: a value is expected here, not `]` (put text in quotes)"),
    Golden("a: [b,\n", "x.yaml:2:1: the file ends where a value is expected (close what is open)"),
    Golden(
      "a: \"\\d\"\n",
      "x.yaml:1:5: this is no escape (write `\\\\` for a backslash, or use single quotes, which have no escapes)"),
    Golden(
      "a: |x\n",
      "x.yaml:1:5: this is not YAML: while scanning a block scalar, did not find expected comment or line break"),
  ])
  func `a slip of the hand is told where it is`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      start + "train: {}\n---\nprovider: x\n",
      "x.yaml:4:1: a second document begins here (one file holds one; remove the `---`)"),
    Golden("a: 1\n...\nb: 2\n", "x.yaml:3:1: something follows the end of the document (one file holds one)"),
    Golden(
      start + "train: !ruby/object {}\n",
      "x.yaml:3:8: the tag `!ruby/object` is not supported (leave it out; quotes make text of anything)"),
    Golden(
      start + "train: {a: !!binary aGk=, b: !!set {}}\n",
      """
      x.yaml:3:12: the tag `!!binary` is not supported (leave it out; quotes make text of anything)
      x.yaml:3:30: the tag `!!set` is not supported (leave it out; quotes make text of anything)
      """),
    Golden(start + "train: {? [a] : 1}\n", "x.yaml:3:11: a key must be plain text (write it out)"),
    Golden(start + "train:\n  <<: {a: 1}\n", "x.yaml:4:3: `<<` (merge) is not supported (write the keys out)"),
    Golden(start + "train: {? : 1}\n", "x.yaml:3:11: a key is empty (name it)"),
  ])
  func `what YAML has and specs do not is refused by name`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      start + "train: {}\nprovider: x\nprovider: y\nstart: aply\n",
      """
      x.yaml:4:1: the key `provider` is written more than once here (keep one of them; the first is on line 1)
      x.yaml:5:1: the key `provider` is written more than once here (keep one of them; the first is on line 1)
      x.yaml:6:8: `start` cannot be `aply` (did you mean `apply`?)
      """),
    Golden(
      start + "train:\n  a: 1\n  \"a\": 2\n  b: {c: 1, 'c': 2}\n",
      """
      x.yaml:5:3: the key `a` is written more than once here (keep one of them; the first is on line 4)
      x.yaml:6:13: the key `c` is written more than once here (keep one of them; the first is on line 6)
      """),
    Golden(
      start + "train: {}\nprovider: x\nstart: 'ap\n",
      """
      x.yaml:5:8: the quote that opens here is never closed (close it)
      """),
    Golden(
      start + "train: {? [a] : 1, ? [a] : 2}\n",
      "x.yaml:3:11: a key is written more than once here (keep one of them)"),
    Golden(
      start + "train: {'': 1, '': 2}\n", "x.yaml:3:9: the key `` is written more than once here (keep one of them)"),
  ])
  func `a key that comes twice is told at the second one`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test func `text that is not UTF-8 is told at its first bad byte`() {
    let expected = "the file is not UTF-8 text (save it as UTF-8)"
    #expect(problems(ofSpec: Array("a: b\nc: é".utf8) + [0xE9, 0x0A]) == "x.yaml:2:5: \(expected)")
    #expect(problems(ofSpec: [0xFF, 0xFE, 0x61, 0x00]) == "x.yaml:1:1: \(expected)")
    #expect(problems(ofSpec: [0x61, 0xED, 0xA0, 0x80]) == "x.yaml:1:2: \(expected)")
  }

  @Test func `control characters are refused`() {
    #expect(
      problems(ofSpec: "a: b\nc:\u{0}d\n")
        == "x.yaml:2:3: the character U+0000 is not allowed (write it as an escape in double quotes)")
    #expect(
      problems(ofSpec: "a: \u{1B}[1m\n")
        == "x.yaml:1:4: the character U+001B is not allowed (write it as an escape in double quotes)")
  }

  @Test func `a byte order mark and carriage returns do no harm`() throws {
    #expect(problems(ofSpec: "\u{FEFF}provider: here\r\nmodel: {version: 1}\r\ntrain: {}\r\n") == "right")
    #expect(
      problems(ofSpec: "\u{FEFF}provider: here\r\nmodel: {version: 1}\r\ntrain: {}\r\nx: 1\r\n").hasPrefix(
        "x.yaml:4:1: "))
  }

  @Test func `a file over a mebibyte is refused with the cap`() {
    let most = [UInt8](repeating: UInt8(ascii: "#"), count: 1 << 20)
    #expect(problems(ofSpec: most) == "x.yaml:1:1: the file says nothing (a job spec has provider, model and train)")
    #expect(
      problems(ofSpec: most + [0x0A])
        == "x.yaml: the file has 1048577 bytes; at most 1048576 (1 MiB) are read (keep data out of it and name where it is)"
    )
  }

  @Test func `columns count characters, not bytes`() {
    #expect(
      problems(ofSpec: "é€😀: {ü: 1\n")
        == "x.yaml:1:6: the mapping that opens here is not closed with `}` (look at line 2)")
  }

  // Each of these kept a naive reader busy for minutes, or overflowed its stack.
  @Test(arguments: [
    Golden("[", "x.yaml:1:257: values are nested more than 32 deep (flatten them)"),
    Golden("{a: ", "x.yaml:1:1025: values are nested more than 32 deep (flatten them)"),
    Golden("- ", "x.yaml:1:257: values are nested more than 32 deep (flatten them)"),
    Golden("? ", "x.yaml:1:257: values are nested more than 32 deep (flatten them)"),
  ])
  func `nesting without end is stopped before it is followed`(_ golden: Golden) {
    let text = String(repeating: golden.input, count: (1 << 20) / golden.input.utf8.count)
    #expect(problems(ofSpec: text) == golden.expected)
  }

  @Test func `thirty-two levels are the most`() {
    func nested(_ levels: Int) -> String {
      start + "train: {a: " + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + "}\n"
    }
    #expect(problems(ofSpec: nested(30)) == "right")
    #expect(problems(ofSpec: nested(31)) == "x.yaml:3:42: values are nested more than 32 deep (flatten them)")
  }

  @Test func `more values than the cap are refused`() {
    let text = start + "train: {a: [" + String(repeating: "1,", count: 20_000) + "]}\n"
    #expect(
      problems(ofSpec: text)
        == "x.yaml:3:40001: the file holds more than 20000 values, aliases replaced by what they stand for (keep data out of it and name where it is)"
    )
  }
}
