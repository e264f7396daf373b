import Testing
import TrainConfig
import TrainCore

@Suite struct `Job specs` {
  @Test func `every key of a whole spec arrives`() throws {
    let located = try spec(
      """
      provider: viam                     # a name under providers:
      model: {name: hardhat, version: 1.4.0}
      train:
        dataset: 66491a0666a6c8aa4a33e43e
        type: object-detection
        tags: [hardhat, person]
      publish:
        - {registry: synapse, plugin: 123, configuration: {input: [320, 320]}}
        - {registry: shelf}
      retry: {attempts: 5}
      limits: {queue: 6h, run: 12h, stop: 1m}
      start: manual
      """, name: "hats")
    let train: JSON = [
      "dataset": "66491a0666a6c8aa4a33e43e", "type": "object-detection", "tags": ["hardhat", "person"],
    ]
    #expect(
      located.spec
        == JobSpec(
          name: "hats", provider: "viam", modelName: "hardhat", version: .fixed("1.4.0"), train: train,
          publish: [
            .init(registry: "synapse", options: ["plugin": 123, "configuration": ["input": [320, 320]]]),
            .init(registry: "shelf"),
          ], attempts: 5,
          limits: .init(queue: .seconds(6 * 3600), run: .seconds(12 * 3600), stop: .seconds(60)), start: .manual,
          written: ["provider": "viam", "model": ["name": "hardhat", "version": "1.4.0"], "train": train]))
    #expect(located.file == "/etc/traind/jobs.d/hats.yaml")
  }

  @Test func `provenance goes by the registry's name and is no part of the identity`() throws {
    let without = try spec(start + "train: {}\n").spec
    let with = try spec(start + "train: {}\nprovenance: {synapse: {ground_truth_version: 42}}\n").spec
    #expect(with.provenance == ["synapse": ["ground_truth_version": 42]])
    #expect(without.provenance == nil)
    #expect(with.written == without.written)
    for wrong in ["provenance: 42", "provenance: {synapse: 42}", "provenance: [synapse]"] {
      #expect(throws: ConfigProblems.self, "\(wrong)") { try spec(start + "train: {}\n\(wrong)\n") }
    }
  }

  @Test func `what is left out has its default, and is not folded into what was written`() throws {
    let spec = try spec(start + "train: {}\n").spec
    #expect(
      spec
        == JobSpec(
          name: "hardhat", provider: "here", modelName: "hardhat", version: .auto, train: .empty,
          written: ["provider": "here", "model": ["version": "auto"], "train": .empty]))
    #expect(spec.limits == .init(queue: nil, run: nil, stop: .seconds(300)))
  }

  @Test func `sections with nothing in them are as good as absent`() throws {
    let sparse = try spec(start + "train: {}\npublish:\nlimits:\n# run: 3h\nretry: ~\n").spec
    #expect(sparse == (try spec(start + "train: {}\n").spec))
  }

  @Test(arguments: [
    ("1.4", "1.4"), ("1.40", "1.40"), ("2", "2"), ("0x1F", "0x1F"), ("1e3", "1e3"), ("007", "007"), ("true", "true"),
    ("\"1.4\"", "1.4"), ("2026-11-21", "2026-11-21"), ("1.0.0+build-7", "1.0.0+build-7"), ("1-r2x", "1-r2x"),
    ("1-r", "1-r"), ("r2", "r2"), ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func `a version is the text that was written`(_ written: String, _ version: String) throws {
    let spec = try spec("provider: here\nmodel: {version: \(written)}\ntrain: {}\n").spec
    #expect(spec.version == .fixed(version))
    #expect(spec.written["model"] == ["version": .string(version)])
  }

  @Test func `names that read as numbers are text too`() throws {
    let spec = try spec("provider: 12\nmodel: {name: 3.10, version: 1}\ntrain: {}\npublish: [{registry: 007}]\n").spec
    #expect(spec.provider == "12")
    #expect(spec.modelName == "3.10")
    #expect(spec.publish == [.init(registry: "007")])
  }

  @Test func `values under train have the types of YAML 1.2's core schema`() throws {
    let text =
      start + """
        train:
          ints: [0, -7, +8, 0x1F, 0o17, 012]
          floats: [1.5, .5, 1., 1e3, -2.5E-3]
          bools: [true, False, TRUE]
          nulls: [null, ~, ]
          texts: [yes, no, on, 'true', "1", 1_000, 1:30, 0b11, -0x1, ., +, 1e, .e3, 12ab, 2026-11-21]
          tagged: !!str 12
          empty:
          block: |
            one
              two
          folded: >-
            one
            two
        """
    #expect(
      try spec(text).spec.train == [
        "ints": [0, -7, 8, 31, 15, 12], "floats": [1.5, 0.5, 1.0, 1000.0, -0.0025], "bools": [true, false, true],
        "nulls": [nil, nil],
        "texts": [
          "yes", "no", "on", "true", "1", "1_000", "1:30", "0b11", "-0x1", ".", "+", "1e", ".e3", "12ab", "2026-11-21",
        ], "tagged": "12", "empty": nil, "block": "one\n  two\n", "folded": "one two",
      ])
  }

  @Test func `the identity is blind to comments, order and style`() throws {
    let one = try spec("provider: here\nmodel: {version: 1.4}\ntrain: {a: [1, x], b: {c: true}}\n").spec
    let other = try spec(
      "# the same\ntrain:\n  b:\n    c: true\n  a:\n  - 1\n  - 'x'\nmodel:\n  version: '1.4'\nprovider: \"here\"\n"
    ).spec
    #expect(one.written.canonical == other.written.canonical)
    #expect(one == other)
  }

  @Test func `a provider's problems are put where they were written`() throws {
    let spec = try spec(
      """
      provider: viam
      model: {version: 1}
      train:
        type: object
        tags:
          - hardhat
          - person
      publish:
        - registry: shelf
        - {registry: synapse, plugin: x}
      """)
    #expect(spec.location(of: "train.tags[1]") == (7, 7))
    #expect(spec.location(of: "train.type") == (4, 3))
    #expect(spec.location(of: "publish[1].plugin") == (10, 25))
    #expect(spec.location(of: "model.version") == (2, 9))
    // What was not written is looked for around it.
    #expect(spec.location(of: "train.dataset") == (3, 1))
    #expect(spec.location(of: "train.tags[7]") == (5, 3))
    #expect(spec.location(of: "publish[1].name") == (10, 5))
    #expect(spec.location(of: "model.name") == (2, 1))
    #expect(spec.location(of: "limits.run") == (1, 1))
    #expect(
      spec.located(SpecProblem(path: "train.dataset", "a dataset is missing", hint: "its id")).description
        == "/etc/traind/jobs.d/hardhat.yaml:3:1: a dataset is missing (its id)")
  }

  @Test func `connections that the daemon does not have are named with the nearest`() throws {
    let config = DaemonConfig.builtIn(stateDirectory: "/state")
    let spec = try spec(
      "provider: heer\nmodel: {version: 1}\ntrain: {}\npublish:\n- {registry: shelf}\n- {registry: synapse}\n")
    #expect(
      spec.problems(in: config).map(\.description) == [
        "/etc/traind/jobs.d/hardhat.yaml:1:1: `provider`: there is no `heer` under `providers:` of traind.yaml (did you mean `here`?)",
        "/etc/traind/jobs.d/hardhat.yaml:6:4: `publish[1].registry`: there is no `synapse` under `registries:` of traind.yaml (known registries: shelf)",
      ])
    #expect(try TrainConfigTests.spec(start + "train: {}\npublish: [{registry: shelf}]\n").problems(in: config) == [])
  }

  @Test(arguments: ["hardhat", "A", "1", "a.b-c_d"])
  func `a spec is named after its file`(_ name: String) throws {
    #expect(try SpecDecoder.name(ofFile: "/etc/traind/jobs.d/\(name).yaml") == name)
    #expect(try SpecDecoder.name(ofFile: "\(name).yaml") == name)
  }

  @Test(arguments: ["-a.yaml", "a b.yaml", ".yaml", "é.yaml", "a@1.yaml"])
  func `a file with another name is no spec`(_ file: String) {
    let error = #expect(throws: ConfigProblems.self) { try SpecDecoder.name(ofFile: file) }
    #expect(
      error?.description
        == "\(file): `\(file.dropLast(5))` cannot name a job spec (letters, digits, `_`, `.` and `-`, at most 100, beginning with a letter or digit)"
    )
  }

  @Test func `only yaml is a spec`() {
    let error = #expect(throws: ConfigProblems.self) { try SpecDecoder.name(ofFile: "dir/hardhat.yml") }
    #expect(error?.description == "dir/hardhat.yml: a job spec's file must end in .yaml")
  }

  @Test func `an alias to promote to is read, and is none of the registry's own keys`() throws {
    let start = "provider: here\nmodel: {version: 1}\ntrain: {}\n"
    let spec = try spec(start + "publish:\n- {registry: shelf, promote: {alias: production}, x: 1}\n").spec
    #expect(spec.publish == [.init(registry: "shelf", options: ["x": 1], alias: "production")])
    for wrong in ["production", "{}", "{alias: ''}", "{alias: a/b}", "{alias: a, b: 1}"] {
      let text = start + "publish:\n- {registry: shelf, promote: \(wrong)}\n"
      #expect(throws: ConfigProblems.self, "\(wrong)") { () throws -> Void in _ = try TrainConfigTests.spec(text) }
    }
  }
}
