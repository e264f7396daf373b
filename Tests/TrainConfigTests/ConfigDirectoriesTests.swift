import Testing
import TrainConfig
import TrainCore

@Suite struct `Configuration directories` {
  private let tree = TemporaryTree()

  private var directories: ConfigDirectories { ConfigDirectories(["usr", "run", "etc"].map { "\(tree.path)/\($0)" }) }

  private func load() -> ConfigLoad { directories.load(kinds: kinds, stateDirectory: "/state") }

  /// Problems with the temporary directory's name left out.
  private func said(_ problems: [ConfigProblem]) -> [String] {
    problems.map { String($0.description.dropFirst(tree.path.count + 1)) }
  }

  private func spec(_ version: String) -> String { "provider: here\nmodel: {version: \(version)}\ntrain: {}\n" }

  // MARK: traind.yaml

  @Test func `no directory at all is the built-in configuration`() {
    let load = load()
    #expect(load.config == .builtIn(stateDirectory: "/state"))
    #expect(load.problems == [])
    #expect(load.files == [])
    #expect(directories.specs().specs == [])
  }

  @Test func `the highest file replaces the ones below it whole`() {
    tree.write("usr/traind.yaml", "apply: automatic\nretry: {attempts: 9}\n")
    tree.write("etc/traind.yaml", "retry: {first: 1s}\n")
    let load = load()
    #expect(load.config?.apply == .manual)
    #expect(load.config?.retry == RetryPolicy(attempts: 3, first: .seconds(1)))
    #expect(said([]) == [])
    #expect(load.files == ["\(tree.path)/etc/traind.yaml"])
  }

  @Test func `drop-ins are laid over the file in the order of their names, key by key`() {
    tree.write("usr/traind.yaml", "poll: {fastest: 1s, slowest: 30s}\nretry: {attempts: 2}\n")
    tree.write("etc/traind.yaml.d/20-b.yaml", "poll: {slowest: 50s}\n")
    tree.write("usr/traind.yaml.d/10-a.yaml", "poll: {slowest: 40s}\nretry: {first: 1s}\n")
    tree.write("run/traind.yaml.d/30-c.yaml", "poll:\n")
    let load = load()
    #expect(load.problems == [])
    #expect(load.config?.poll == .init(fastest: .seconds(1), slowest: .seconds(50)))
    #expect(load.config?.retry == RetryPolicy(attempts: 2, first: .seconds(1)))
    #expect(
      load.files.map { String($0.dropFirst(tree.path.count + 1)) }
        == [
          "usr/traind.yaml", "usr/traind.yaml.d/10-a.yaml", "etc/traind.yaml.d/20-b.yaml",
          "run/traind.yaml.d/30-c.yaml",
        ])
  }

  @Test func `a drop-in replaces the same name below, and a link to null masks it`() {
    tree.write("usr/traind.yaml.d/10.yaml", "retry: {attempts: 2}\n")
    tree.write("usr/traind.yaml.d/20.yaml", "apply: automatic\n")
    tree.write("etc/traind.yaml.d/10.yaml", "retry: {first: 1s}\n")
    tree.link("run/traind.yaml.d/20.yaml", to: "/dev/null")
    let load = load()
    #expect(load.problems == [])
    #expect(load.config?.retry == RetryPolicy(attempts: 3, first: .seconds(1)))
    #expect(load.config?.apply == .manual)
  }

  @Test func `a link to null masks the main file too`() {
    tree.write("usr/traind.yaml", "apply: automatic\n")
    tree.link("etc/traind.yaml", to: "/dev/null")
    #expect(load().config?.apply == .manual)
  }

  @Test func `a drop-in adds connections and changes keys of them`() {
    tree.write(
      "etc/traind.yaml",
      """
      providers:
        viam: {kind: viam, organization: o, api_key_id: i, api_key: {credential: key}, settle: 30s}
        here: {kind: local, slots: 1}
      """)
    tree.write(
      "etc/traind.yaml.d/site.yaml",
      """
      providers:
        viam: {api_key: {file: /run/key}, settle: 1m}
        here: {kind: everything, text: other}
        more: {kind: local}
      """)
    let load = load()
    #expect(load.problems == [])
    #expect(load.config?.providers.map(\.name) == ["viam", "here", "more"])
    #expect(load.config?.providers[0].settings["api_key"] == ["file": "/run/key"])
    #expect(load.config?.providers[0].settings["organization"] == "o")
    #expect(load.config?.providers[0].settle == .seconds(60))
    // Another kind has other keys: nothing of the old one stays.
    #expect(load.config?.providers[1].settings == ["text": "other"])
    #expect(load.places.place(of: "providers.viam.api_key").description.hasSuffix("etc/traind.yaml.d/site.yaml:2:10"))
    #expect(load.places.place(of: "providers.viam.organization").description.hasSuffix("etc/traind.yaml:2:22"))
  }

  @Test func `problems name the file they are in, in the order of the files`() {
    tree.write("etc/traind.yaml", "pol: {}\nretry: {attempts: 0}\n")
    tree.write("etc/traind.yaml.d/10.yaml", "spool: {quota: 1GB}\n")
    tree.write("usr/traind.yaml.d/20.yaml", "poll: [\n")
    let load = load()
    #expect(load.config == nil)
    #expect(
      said(load.problems) == [
        "etc/traind.yaml:1:1: unknown key `pol` (did you mean `poll`?)",
        "etc/traind.yaml:2:19: `retry.attempts` must be at least 1, not 0",
        "etc/traind.yaml.d/10.yaml:1:16: `spool.quota` cannot be `1GB`: it is not a size (a whole number and KiB, MiB or GiB, as `20MiB`)",
        "usr/traind.yaml.d/20.yaml:2:1: the file ends where a value is expected (close what is open)",
      ])
  }

  @Test func `what a later drop-in replaces is not checked`() {
    tree.write("usr/traind.yaml", "apply: never\n")
    tree.write("etc/traind.yaml.d/mend.yaml", "apply: automatic\n")
    #expect(load().config?.apply == .automatic)
  }

  @Test func `an unreadable configuration is no configuration`() {
    tree.makeDirectory("etc/traind.yaml")
    tree.link("etc/traind.yaml.d/a.yaml", to: "nowhere")
    let load = load()
    #expect(load.config == nil)
    #expect(
      said(load.problems) == [
        "etc/traind.yaml: is not a regular file (remove it)",
        "etc/traind.yaml.d/a.yaml: cannot be opened: no such file (the link leads nowhere: mend or remove it)",
      ])
  }

  @Test func `a configuration directory that is a file is a problem`() {
    tree.write("etc", "")
    #expect(
      said(load().problems) == [
        "etc/traind.yaml: cannot be opened: not a directory", "etc/traind.yaml.d: cannot be listed: not a directory",
      ])
    #expect(said(directories.specs().problems) == ["etc/jobs.d: cannot be listed: not a directory"])
  }

  // MARK: jobs.d

  @Test func `specs come in the order of their names, each from the highest directory`() {
    tree.write("usr/jobs.d/b.yaml", spec("1"))
    tree.write("usr/jobs.d/a.yaml", spec("1"))
    tree.write("run/jobs.d/a.yaml", spec("2"))
    tree.write("etc/jobs.d/a.yaml", spec("3"))
    tree.write("etc/jobs.d/B.yaml", spec("4"))
    let load = directories.specs()
    #expect(load.problems == [])
    #expect(load.specs.map(\.spec.name) == ["B", "a", "b"])
    #expect(load.specs.map(\.spec.version) == [.fixed("4"), .fixed("3"), .fixed("1")])
    #expect(
      load.specs.map(\.file)
        == ["etc/jobs.d/B.yaml", "etc/jobs.d/a.yaml", "usr/jobs.d/b.yaml"].map { "\(tree.path)/\($0)" })
    #expect(load.names == ["B", "a", "b"])
  }

  @Test func `a masked spec is not there`() {
    tree.write("usr/jobs.d/a.yaml", spec("1"))
    tree.write("usr/jobs.d/b.yaml", spec("1"))
    tree.link("etc/jobs.d/a.yaml", to: "/dev/null")
    let load = directories.specs()
    #expect(load.problems == [])
    #expect(load.names == ["b"])
  }

  @Test func `a mask can be lifted above it`() {
    tree.write("usr/jobs.d/a.yaml", spec("1"))
    tree.link("run/jobs.d/a.yaml", to: "/dev/null")
    tree.write("etc/jobs.d/a.yaml", spec("2"))
    #expect(directories.specs().specs.map(\.spec.version) == [.fixed("2")])
  }

  @Test func `one bad spec never hides the good ones`() {
    tree.write("etc/jobs.d/a.yaml", spec("1"))
    tree.write("etc/jobs.d/b.yaml", "provider: [\n")
    tree.write("etc/jobs.d/c.yaml", spec("1-r1"))
    tree.write("etc/jobs.d/d.yaml", [0xFF])
    tree.write("etc/jobs.d/e.yaml", "")
    tree.write("etc/jobs.d/z.yaml", spec("1"))
    let load = directories.specs()
    #expect(load.specs.map(\.spec.name) == ["a", "z"])
    #expect(load.names == ["a", "b", "c", "d", "e", "z"])
    #expect(
      said(load.problems) == [
        "etc/jobs.d/b.yaml:2:1: the file ends where a value is expected (close what is open)",
        "etc/jobs.d/c.yaml:2:18: `model.version` cannot end in `-r1`: that is how further attempts are told apart (as `1.1`)",
        "etc/jobs.d/d.yaml:1:1: the file is not UTF-8 text (save it as UTF-8)",
        "etc/jobs.d/e.yaml:1:1: the file says nothing (a job spec has provider, model and train)",
      ])
  }

  @Test func `a bad spec does not fall back to the one it replaces`() {
    tree.write("usr/jobs.d/a.yaml", spec("1"))
    tree.write("etc/jobs.d/a.yaml", "x: 1\n")
    #expect(directories.specs().specs == [])
  }

  @Test func `what editors and packages leave behind is not a spec`() {
    for name in [
      ".a.yaml.swp", "a.yaml~", "#a.yaml#", ".#a.yaml", "a.yaml.dpkg-new", "a.yaml.example", "README", "4913",
      ".hidden.yaml",
    ] {
      tree.write("etc/jobs.d/\(name)", "nonsense: [")
    }
    let load = directories.specs()
    #expect(load.specs == [])
    #expect(load.problems == [])
  }

  @Test func `a name that was probably meant to be a spec is warned of`() {
    tree.write("etc/jobs.d/a.yml", spec("1"))
    tree.write("etc/jobs.d/b.YAML", spec("1"))
    tree.write("etc/traind.yaml.d/c.yml", "apply: automatic\n")
    let specs = directories.specs()
    #expect(specs.specs == [])
    #expect(
      said(specs.problems) == [
        "etc/jobs.d/a.yml: is not read: only names that end in `.yaml` are (rename it)",
        "etc/jobs.d/b.YAML: is not read: only names that end in `.yaml` are (rename it)",
      ])
    #expect(specs.problems.allSatisfy { $0.severity == .warning })
    // A warning does not take the configuration away.
    #expect(load().config?.apply == .manual)
    #expect(
      said(load().problems) == ["etc/traind.yaml.d/c.yml: is not read: only names that end in `.yaml` are (rename it)"])
  }

  @Test func `a file that cannot name a job is a problem`() {
    tree.write("etc/jobs.d/a b.yaml", spec("1"))
    tree.write("etc/jobs.d/-x.yaml", spec("1"))
    let load = directories.specs()
    #expect(load.specs == [])
    #expect(load.names == [])
    #expect(load.problems.count == 2)
    #expect(load.problems.allSatisfy { $0.message.hasSuffix("cannot name a job spec") })
  }

  @Test func `a spec of ten megabytes is refused without being read`() {
    tree.write("etc/jobs.d/big.yaml", [UInt8](repeating: UInt8(ascii: "#"), count: 10_000_000))
    #expect(
      said(directories.specs().problems) == [
        "etc/jobs.d/big.yaml: the file has 10000000 bytes; at most 1048576 (1 MiB) are read (keep data out of it and name where it is)"
      ])
  }

  @Test(.timeLimit(.minutes(1))) func `a pipe is not waited for`() {
    tree.makePipe("etc/jobs.d/pipe.yaml")
    tree.makeDirectory("etc/jobs.d/dir.yaml")
    #expect(
      said(directories.specs().problems) == [
        "etc/jobs.d/dir.yaml: is not a regular file (remove it)",
        "etc/jobs.d/pipe.yaml: is not a regular file (remove it)",
      ])
  }

  @Test func `a link to a spec is a spec`() {
    tree.write("store/real", spec("3"))
    tree.link("etc/jobs.d/a.yaml", to: "../../store/real")
    #expect(directories.specs().specs.map(\.spec.name) == ["a"])
  }
}
