import Testing
import TrainCore

@testable import TrainConfig

@Suite struct `Words, names and quantities` {
  @Test(arguments: [
    ("poll", "pol", 1), ("viam", "vaim", 1), ("provider", "providers", 1), ("", "abc", 3), ("kitten", "sitting", 3),
    ("same", "same", 0),
  ])
  func `the distance counts a swap of neighbours as one`(_ a: String, _ b: String, _ distance: Int) {
    #expect(Nearest.distance(Array(a.utf8), Array(b.utf8)) == distance)
    #expect(Nearest.distance(Array(b.utf8), Array(a.utf8)) == distance)
  }

  @Test func `a word that is near nothing has no nearest`() {
    #expect(Nearest.word(to: "timeout", among: ["limits", "start"]) == nil)
    #expect(Nearest.word(to: "LIMIT", among: ["limits", "start"]) == "limits")
    #expect(Nearest.word(to: String(repeating: "x", count: 100_000), among: ["limits"]) == nil)
  }

  @Test(arguments: [
    ("100ms", Duration.milliseconds(100)), ("90s", .seconds(90)), ("5m", .seconds(300)), ("6h", .seconds(21_600)),
    ("7d", .seconds(604_800)), ("0s", .zero),
  ])
  func `durations are a whole number and a unit`(_ text: String, _ duration: Duration) {
    #expect(Quantity.duration(text) == duration)
  }

  @Test(arguments: ["", "5", "s", "1.5h", "-1s", "5 s", "1h30m", "1H", "1w", "9223372036854775807d", "٣s"])
  func `other texts are no durations`(_ text: String) {
    #expect(Quantity.duration(text) == nil)
  }

  @Test func `sizes are a whole number and a binary unit`() {
    #expect(Quantity.size("1B") == 1)
    #expect(Quantity.size("20MiB") == 20_971_520)
    #expect(Quantity.size("50GiB") == 53_687_091_200)
    for text in ["", "5", "5MB", "5M", "5mib", "8388608TiB", "1.5GiB"] { #expect(Quantity.size(text) == nil) }
  }

  @Test func `quantities are shown in the largest unit that holds them whole`() {
    #expect(Quantity.text(.seconds(5400)) == "90m")
    #expect(Quantity.text(.milliseconds(1500)) == "1500ms")
    #expect(Quantity.text(.zero) == "0s")
    #expect(Quantity.text(bytes: 1536 << 20) == "1536MiB")
    #expect(Quantity.text(bytes: 0) == "0B")
  }

  @Test func `names and versions are told apart from other text`() {
    for name in ["a", "9", "a.b-c_D", String(repeating: "x", count: 100)] { #expect(Naming.isName(name)) }
    for name in ["", ".a", "-a", "_a", "a b", "a/b", "a+b", "é", "a\n", String(repeating: "x", count: 101)] {
      #expect(!Naming.isName(name))
    }
    #expect(Naming.isVersion("1.0+a_b-c"))
    #expect(!Naming.isVersion("+1"))
    #expect(Naming.attemptEnding(of: "1.0-r12") == "-r12")
    #expect(Naming.attemptEnding(of: "-r1") == "-r1")
    for version in ["1.0-r", "1.0r1", "1.0-r1a", "r1", "1-R1"] { #expect(Naming.attemptEnding(of: version) == nil) }
  }

  @Test func `what a message shows of a file is one line and not endless`() {
    #expect(Shown.text("a\nb\tc\r\n\u{1B}[1m\u{202E}") == "a b c   [1m ")
    #expect(Shown.text(String(repeating: "x", count: 60)) == String(repeating: "x", count: 60))
    #expect(Shown.text(String(repeating: "x", count: 61)) == String(repeating: "x", count: 60) + "...")
  }
}
