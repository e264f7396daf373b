import Testing
import TrainCore

@testable import TrainConfig

@Test func `explore`() throws {
  func spec(_ text: String) {
    print("-----"); print(text)
    do {
      let s = try SpecDecoder().decode(Array(text.utf8), file: "x.yaml", name: "x")
      print("OK", s.spec.train.canonical, s.spec.written.canonical, s.spec.version, s.spec.publish.map { $0.options.canonical })
    } catch { print("=>", error) }
  }
  let ok = "provider: here\nmodel: {version: auto}\n"
  for t in [
    "", "# only\n", "---\n", "null\n", "[a]\n", "provider: a\n\tmodel: x\n", "provider:\n\t- a\n", "a: b: c\n", "provider: \"abc\n", "provider: [a, b\nmodel: x\n",
    "provider: {a: 1\nmodel: x\n", ok + "train: {}\n---\nprovider: x\n", ok + "train: {}\nprovider: x\n", ok + "train: {}\nprovider: x\nprovider: y\nstart: aply\n",
    ok + "train: {a: 1, a: 2, \"b\": 1, 'b': 2}\n", ok + "train: {x: *a}\n", ok + "train: {x: &a [1, 2], y: *a, z: 'x *a', w: a *a b}\n",
    ok + "train:\n  script: |\n    echo *a &a\n    x *b\n  l: &l [1]\n  k: *l\n",
    ok + "train: {*a : 1}\n", ok + "train: {&a b: 1, ? *a : 1}\n", ok + "train:\n  <<: {a: 1}\n", ok + "train: {? [a] : 1}\n", ok + "train: {: 1}\n",
    ok + "train: @a\n", ok + "train: `a`\n", ok + "train: {a: %b}\n", ok + "train: !foo {}\n", ok + "train: {a: !!int 3, b: !!str 3, c: ! 3}\n",
    ok + "train: {a: 0x1F, b: 0o17, c: 012, d: 1., e: .5, f: 1e3, g: yes, h: ~, i: , j: null, k: -7, l: +8, m: 1_0, n: '1', o: True}\n",
    ok + "train: {a: 123456789012345678901234, b: 5e1234567890123456789012, c: .inf, d: 664910666640844332433e43}\n",
    ok + "train: {}\npublish:\n- registry: a\n  plugin: 12\n- {registry: a}\n- {plugin: 1}\n- x\n",
    ok + "train: {}\npublish: {registry: x}\n", ok + "train: {}\nlimits: {queue: 6, run: 0s, stop: 5 m, x: 1}\nretry: {attempts: 0}\nstart: never\n",
    "provider: here\nmodel: {version: 1.4}\ntrain: {}\n", "provider: here\nmodel: {version: 1.4-r2}\ntrain: {}\n", "provider: here\nmodel: {version: 1.40}\ntrain: {}\n",
    "provider: here\nmodel:\n  name: a/b\ntrain: []\n", "provider: here\nmodel: x\ntrain:\n", "provider:\nmodel:\n  version:\ntrain: 3\n", "provdier: here\n",
    "provider: here\nmodel: {version: auto}\n train: {}\n", "provider: here\n  model: x\n", "- a\nb: c\n", "provider here\nmodel: x\n", "a:\n  - b\n c: d\n", "a: 'x\n", "a: \"\\q\"\n", "%YAML 3.0\n---\na: b\n", "a: |x\n", "a: &\n", "a: *\n", "}\n", "]\n", "a: ]\n", "a: {b\n", "? a\n", "a: \"x\" y\n", "a: [b]]\n", "a: [b c: d, e f: [g, h: ]]\n", "- - - a\n -b\n", "key: >\n\ttab\n", "a: !<x\n", "a: 'x' : y\n", "a\u{1}b: 1\n", "a: \u{FEFF}b\n", "...\n", "--- a\n...\nb\n", "\r\na: b\r\nc: [\r\n",
  ] { spec(t) }
  let bytes: [[UInt8]] = [[0x61, 0x3a, 0x20, 0xff], [0xef, 0xbb, 0xbf] + Array("provider: x\n".utf8), [0xff, 0xfe, 0x61, 0], Array(repeating: 0x61, count: 1 << 21)]
  for b in bytes { do { _ = try SpecDecoder().decode(b, file: "x.yaml", name: "x"); print("OK") } catch { print("=>", error) } }
}
