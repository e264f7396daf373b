import Testing
import TrainConfig

private let nameHint = "letters, digits, `_`, `.` and `-`, at most 100, beginning with a letter or digit"
private let versionHint = "letters, digits, `_`, `.`, `+` and `-`, at most 100, beginning with a letter or digit"
private let durationHint = "a whole number and ms, s, m, h or d, as `90s`"

@Suite struct `Problems of a job spec` {
  @Test(arguments: [
    Golden(
      "provdier: here\n" + start.dropFirst(15) + "train: {}\n",
      """
      x.yaml:1:1: unknown key `provdier` (did you mean `provider`?)
      x.yaml:1:1: `provider` is missing (a name under `providers:` of traind.yaml)
      """),
    Golden(
      start + "train: {}\ntimeout: 3h\nLimits: {}\n",
      """
      x.yaml:4:1: unknown key `timeout` (known keys: provider, model, train, publish, retry, limits, start, sign, provenance)
      x.yaml:5:1: unknown key `Limits` (did you mean `limits`?)
      """),
    Golden(
      start + "train: {}\nlimits:\n  qeue: 6h\nretry: {first: 3s}\n",
      """
      x.yaml:5:3: unknown key `limits.qeue` (did you mean `queue`?)
      x.yaml:6:9: unknown key `retry.first` (known keys: attempts)
      """),
    Golden(
      "model:\n  nam: hardhat\n  version: 1\ntrain: {}\nprovider: a\n",
      "x.yaml:2:3: unknown key `model.nam` (did you mean `name`?)"),
  ])
  func `an unknown key names the nearest known one`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      "# nothing but\n# comments\n", "x.yaml:1:1: the file says nothing (a job spec has provider, model and train)"),
    Golden("", "x.yaml:1:1: the file says nothing (a job spec has provider, model and train)"),
    Golden("---\n", "x.yaml:1:1: the file says nothing (a job spec has provider, model and train)"),
    Golden("- provider: here\n", "x.yaml:1:1: a job spec must be a mapping, not a list (write `key: value`)"),
    Golden("hardhat\n", "x.yaml:1:1: a job spec must be a mapping, not text (write `key: value`)"),
    Golden(
      "# a comment\n\nstart: apply\n",
      """
      x.yaml:3:1: `provider` is missing (a name under `providers:` of traind.yaml)
      x.yaml:3:1: `model` is missing (as {version: auto})
      x.yaml:3:1: `train` is missing (what the provider is to train)
      """),
    Golden(
      "provider:\nmodel:\n  version:\ntrain:\n",
      """
      x.yaml:1:1: `provider` has no value (a name under `providers:` of traind.yaml)
      x.yaml:3:3: `model.version` has no value (version: auto)
      x.yaml:4:1: `train` has no value (what the provider is to train)
      """),
    Golden(
      "provider: here\nmodel:\n  name: hat\ntrain: {}\n", "x.yaml:2:1: `model.version` is missing (version: auto)"),
    Golden("provider: here\nmodel: {}\ntrain: {}\n", "x.yaml:2:1: `model.version` is missing (version: auto)"),
    Golden(
      start + "train: {}\npublish: [{plugin: 3}]\n",
      "x.yaml:4:11: `publish[0].registry` is missing (a name under `registries:` of traind.yaml)"),
  ])
  func `what is missing is missed where it belongs`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      "provider: [here]\nmodel: hardhat\ntrain: 3\n",
      """
      x.yaml:1:11: `provider` must be text, not a list
      x.yaml:2:8: `model` must be a mapping, not text (as {name: hardhat, version: auto})
      x.yaml:3:8: `train` must be a mapping, not a number (the provider's own keys)
      """),
    Golden(start + "train: [a]\n", "x.yaml:3:8: `train` must be a mapping, not a list (the provider's own keys)"),
    Golden(
      start + "train: {}\npublish: {registry: shelf}\nretry: 3\nlimits: [6h]\nstart: {}\n",
      """
      x.yaml:4:10: `publish` must be a list, not a mapping (begin each element with `- `)
      x.yaml:5:8: `retry` must be a mapping, not a number (as {attempts: 3})
      x.yaml:6:9: `limits` must be a mapping, not a list (as {queue: 6h, run: 12h, stop: 5m})
      x.yaml:7:8: `start` must be text, not a mapping
      """),
    Golden(
      start + "train: {}\npublish: [shelf]\n",
      "x.yaml:4:11: `publish[0]` must be a mapping, not text (as {registry: shelf})"),
    Golden(
      start + "train: {}\nretry: {attempts: \"3\"}\n",
      "x.yaml:4:19: `retry.attempts` must be a whole number, not text (at least 1, without quotes)"),
    Golden(
      start + "train: {}\nretry: {attempts: 2.5}\n",
      "x.yaml:4:19: `retry.attempts` must be a whole number, not a number (at least 1, without quotes)"),
    Golden(
      "provider: ''\n" + start.dropFirst(15) + "train: {}\n",
      "x.yaml:1:11: `provider` is empty (give it a value, or remove the key)"),
  ])
  func `a value of another type is named`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(start + "train: {}\nretry: {attempts: 0}\n", "x.yaml:4:19: `retry.attempts` must be at least 1, not 0"),
    Golden(
      start + "train: {}\nretry: {attempts: 3000000000}\n",
      "x.yaml:4:19: `retry.attempts` must be at most 2147483647, not 3000000000"),
    Golden(
      start + "train: {}\nlimits:\n  queue: 6\n  run: 0s\n  stop: 5 m\n",
      """
      x.yaml:5:10: `limits.queue` cannot be `6`: it is not a duration (\(durationHint))
      x.yaml:6:8: `limits.run` must be at least 1ms, not 0s
      x.yaml:7:9: `limits.stop` cannot be `5 m`: it is not a duration (\(durationHint))
      """),
    Golden(
      start + "train: {}\nlimits: {run: 1.5h, queue: -1h, stop: 99999999999999999999d}\n",
      """
      x.yaml:4:15: `limits.run` cannot be `1.5h`: it is not a duration (\(durationHint))
      x.yaml:4:28: `limits.queue` cannot be `-1h`: it is not a duration (\(durationHint))
      x.yaml:4:39: `limits.stop` cannot be `99999999999999999999d`: it is not a duration (\(durationHint))
      """),
    Golden(start + "train: {}\nstart: aply\n", "x.yaml:4:8: `start` cannot be `aply` (did you mean `apply`?)"),
    Golden(start + "train: {}\nstart: never\n", "x.yaml:4:8: `start` cannot be `never` (known words: apply, manual)"),
    Golden(
      start + "train: {}\npublish:\n- registry: shelf\n- {plugin: 1, registry: shelf}\n",
      "x.yaml:6:25: `publish[1].registry` is `shelf` again (each registry at most once; the first is publish[0])"),
  ])
  func `a value out of bounds says what the bounds are`(_ golden: Golden) {
    #expect(problems(ofSpec: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      "1.4.0-r2",
      "x.yaml:2:18: `model.version` cannot end in `-r2`: that is how further attempts are told apart (as `1.4.0.2`)"),
    Golden(
      "x-r0012",
      "x.yaml:2:18: `model.version` cannot end in `-r0012`: that is how further attempts are told apart (as `x.0012`)"),
    Golden("1/4", "x.yaml:2:18: `model.version` cannot be `1/4` (\(versionHint))"),
    Golden("\"1 4\"", "x.yaml:2:18: `model.version` cannot be `1 4` (\(versionHint))"),
    Golden("-1", "x.yaml:2:18: `model.version` cannot be `-1` (\(versionHint))"),
    Golden("[1, 4]", "x.yaml:2:18: `model.version` must be text, not a list"),
    Golden("~", "x.yaml:2:18: `model.version` has no value (version: auto)"),
    Golden("1-r, name: a/b", "x.yaml:2:29: `model.name` cannot be `a/b` (\(nameHint))"),
    Golden("1, name: .hidden", "x.yaml:2:27: `model.name` cannot be `.hidden` (\(nameHint))"),
    Golden("1, name: modèle", "x.yaml:2:27: `model.name` cannot be `modèle` (\(nameHint))"),
  ])
  func `a bad version or name says what a good one is`(_ golden: Golden) {
    let text = "provider: here\nmodel: {version: \(golden.input)}\ntrain: {}\n"
    #expect(problems(ofSpec: text) == golden.expected)
  }

  @Test func `a name of a hundred characters is the longest`() {
    func model(_ count: Int) -> String {
      let name = String(repeating: "n", count: count)
      return problems(ofSpec: "provider: here\nmodel: {name: \(name), version: 1}\ntrain: {}\n")
    }
    #expect(model(100) == "right")
    #expect(model(101).hasPrefix("x.yaml:2:15: `model.name` cannot be `nnnn"))
  }

  @Test func `a number that would lose digits is refused, wherever it is`() {
    let text =
      start + """
        train:
          dataset: 664910666640844332433443
          other: [1, 664910666640844332433e43]
          huge: 1e999
          not: .nan
        publish:
        - {registry: shelf, plugin: 123456789012345678901}
        """
    let hint = "is a number that cannot be held exactly (put it in quotes if it is an id or other text)"
    #expect(
      problems(ofSpec: text) == """
        x.yaml:4:12: `train.dataset` \(hint)
        x.yaml:5:14: `train.other[1]` \(hint)
        x.yaml:6:9: `train.huge` \(hint)
        x.yaml:7:8: `train.not` \(hint)
        x.yaml:9:29: `publish[0].plugin` \(hint)
        """)
  }

  @Test func `what a file holds cannot drive the terminal it is shown on`() {
    let text =
      start + "train: {\"a\\e[2Jb\\n\": 1e999, \"\(String(repeating: "x", count: 900))\": 1e999}\nstart: \"\\e[31m\"\n"
    let lines = problems(ofSpec: text).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 } && $0.count < 400 })
    #expect(lines.first?.hasPrefix("x.yaml:3:22: `train.a [2Jb ` is a number") == true)
  }

  @Test func `a file with thousands of problems is cut short`() {
    let text = (1...5000).map { "key\($0): 1\n" }.joined()
    let lines = problems(ofSpec: text).split(separator: "\n")
    #expect(lines.count == 101)
    #expect(lines.last == "x.yaml: has 4903 more problems (mend these first)")
  }
}
