import Testing
import TrainConfig
import TrainCore

private let durationHint = "a whole number and ms, s, m, h or d, as `90s`"
private let secretHint = "use {credential: NAME} ($CREDENTIALS_DIRECTORY/NAME), {file: PATH} or {env: NAME}"

@Suite struct `The daemon's configuration` {
  @Test func `without any file jobs train here and models go under the state directory`() {
    let config = DaemonConfig.builtIn(stateDirectory: "/var/lib/traind")
    #expect(config.poll == .init(fastest: .seconds(2), slowest: .seconds(60)))
    #expect(config.retry == RetryPolicy(attempts: 3, first: .seconds(5), most: .seconds(600)))
    #expect(config.publish == .init(concurrent: 4, bandwidth: nil))
    #expect(config.spool == .init(quota: 53_687_091_200, keep: .untilPublished))
    #expect(config.history.keep == .seconds(7_776_000))
    #expect(config.apply == .manual)
    #expect(config.providers == [ConnectionConfig(name: "here", kind: "local", settings: ["slots": 1])])
    #expect(
      config.registries
        == [ConnectionConfig(name: "shelf", kind: "directory", settings: ["path": "/var/lib/traind/models"])])
    #expect(DaemonConfig.builtIn(stateDirectory: "/s/").registries.first?.settings == ["path": "/s/models"])
  }

  @Test(arguments: ["", "# nothing\n", "---\n", "poll:\nproviders:\nregistries: ~\n", "{}\n"])
  func `what is not written keeps its default`(_ text: String) throws {
    #expect(try config(text) == .builtIn(stateDirectory: "/state"))
  }

  @Test func `every key arrives`() throws {
    let config = try config(
      """
      poll: {fastest: 100ms, slowest: 5m}
      retry: {attempts: 7, first: 1s, most: 1h}
      publish: {concurrent: 2, bandwidth: 20MiB/s}
      spool: {quota: 2TiB, keep: 7d}
      history: {keep: 12h}
      apply: automatic
      """)
    #expect(config.poll == .init(fastest: .milliseconds(100), slowest: .seconds(300)))
    #expect(config.retry == RetryPolicy(attempts: 7, first: .seconds(1), most: .seconds(3600)))
    #expect(config.publish == .init(concurrent: 2, bandwidth: 20_971_520))
    #expect(config.spool == .init(quota: 2_199_023_255_552, keep: .age(.seconds(604_800))))
    #expect(config.history.keep == .seconds(43_200))
    #expect(config.apply == .automatic)
    #expect(try TrainConfigTests.config("spool: {keep: forever}").spool.keep == .forever)
    #expect(try TrainConfigTests.config("publish: {bandwidth: unlimited}").publish.bandwidth == nil)
  }

  @Test func `connections arrive as their schemas say`() throws {
    let config = try config(
      """
      providers:
        all:
          kind: everything
          text: 0012
          count: 0
          pause: 90s
          room: 3MiB
          where: /var/lib
          endpoint: unix:///run/slurm.sock
          token: {credential: all-token}
          api: svc
          strict: false
          proxy: http://proxy:3128
          ca: /etc/ssl/own.pem
          max_running: 20
          settle: 30s
        here: {kind: local}
      registries:
        a: {kind: synapse, endpoint: "https://api.synapse.sh", token: {file: /run/token}}
        b: {kind: synapse, endpoint: "http://127.0.0.1:80", token: {env: SYNAPSE_TOKEN}, tenant: t}
      """)
    #expect(
      config.providers == [
        ConnectionConfig(
          name: "all", kind: "everything",
          settings: [
            "text": "0012", "count": 0, "pause": 90_000, "room": 3_145_728, "where": "/var/lib",
            "endpoint": "unix:///run/slurm.sock", "token": ["credential": "all-token"], "api": "svc", "strict": false,
          ], proxy: "http://proxy:3128", ca: "/etc/ssl/own.pem", maxRunning: 20, settle: .seconds(30)),
        ConnectionConfig(name: "here", kind: "local"),
      ])
    #expect(config.registries.map(\.name) == ["a", "b"])
    #expect(SecretReference(config.registries[0].settings["token"]) == .file("/run/token"))
    #expect(SecretReference(config.registries[1].settings["token"]) == .environment("SYNAPSE_TOKEN"))
  }

  @Test func `a section that is written replaces the built-in connections`() throws {
    let config = try config("providers: {gpu: {kind: local, slots: 2}}\n")
    #expect(config.providers.map(\.name) == ["gpu"])
    #expect(config.registries.map(\.name) == ["shelf"])
    #expect(try TrainConfigTests.config("registries: {}\n").registries == [])
  }

  @Test(arguments: [
    Golden(
      "pol: {}\nhistroy: {}\nprovider: {}\nfoo: 1\n",
      """
      traind.yaml:1:1: unknown key `pol` (did you mean `poll`?)
      traind.yaml:2:1: unknown key `histroy` (did you mean `history`?)
      traind.yaml:3:1: unknown key `provider` (did you mean `providers`?)
      traind.yaml:4:1: unknown key `foo` (known keys: poll, retry, publish, spool, history, apply, providers, registries)
      """),
    Golden("- poll\n", "traind.yaml:1:1: the configuration must be a mapping, not a list (write `key: value`)"),
    Golden(
      "poll: {fastest: 50ms, slowest: fast}\n",
      """
      traind.yaml:1:17: `poll.fastest` must be at least 100ms, not 50ms
      traind.yaml:1:32: `poll.slowest` cannot be `fast`: it is not a duration (\(durationHint))
      """),
    Golden(
      "poll: {fastest: 2s, slowest: 1s}\n", "traind.yaml:1:30: `poll.slowest` must be at least `fastest`, which is 2s"),
    Golden("poll: {fastest: 5m}\n", "traind.yaml:1:17: `poll.fastest` must be at most `slowest`, which is 1m"),
    Golden(
      "retry: {attempts: 0, first: 20m}\n",
      """
      traind.yaml:1:19: `retry.attempts` must be at least 1, not 0
      traind.yaml:1:29: `retry.first` must be at most `most`, which is 10m
      """),
    Golden(
      "publish: {concurrent: many, bandwidth: 20MB/s}\n",
      """
      traind.yaml:1:23: `publish.concurrent` must be a whole number, not text (at least 1, without quotes)
      traind.yaml:1:40: `publish.bandwidth` cannot be `20MB/s`: it is not a bandwidth (as `20MiB/s`, or `unlimited`)
      """),
    Golden(
      "publish: {bandwidth: 20MiB}\n",
      "traind.yaml:1:22: `publish.bandwidth` cannot be `20MiB`: it is not a bandwidth (as `20MiB/s`, or `unlimited`)"),
    Golden("publish: {bandwidth: 0B/s}\n", "traind.yaml:1:22: `publish.bandwidth` must be at least 1B/s, not 0B/s"),
    Golden(
      "spool: {quota: 50GB, keep: until-publishd}\n",
      """
      traind.yaml:1:16: `spool.quota` cannot be `50GB`: it is not a size (a whole number and KiB, MiB or GiB, as `20MiB`)
      traind.yaml:1:28: `spool.keep` cannot be `until-publishd` (did you mean `until-published`?)
      """),
    Golden(
      "spool: {keep: 7}\n",
      "traind.yaml:1:15: `spool.keep` cannot be `7` (until-published, forever, or a duration as `7d`)"),
    Golden(
      "history: {keep: 99999999999999999d}\napply: always\n",
      """
      traind.yaml:1:17: `history.keep` cannot be `99999999999999999d`: it is not a duration (\(durationHint))
      traind.yaml:2:8: `apply` cannot be `always` (known words: manual, automatic)
      """),
    Golden(
      "poll: 2s\nretry: []\napply:\n",
      """
      traind.yaml:1:7: `poll` must be a mapping, not text (as {fastest: 2s, slowest: 60s})
      traind.yaml:2:8: `retry` must be a mapping, not a list (as {attempts: 3, first: 5s, most: 10m})
      traind.yaml:3:1: `apply` has no value (give it one, or remove the key)
      """),
  ])
  func `everything that is wrong is said at once`(_ golden: Golden) {
    #expect(problems(ofConfig: golden.input) == golden.expected)
  }

  @Test(arguments: [
    Golden(
      "providers:\n  a: {kind: vaim}\n  b: {kind: synapse}\n  c: {slots: 1}\n  d:\n  e: [x]\n  f: {kind: }\n",
      """
      traind.yaml:2:13: `providers.a.kind` cannot be `vaim` (did you mean `viam`? known kinds: local, viam, everything)
      traind.yaml:3:13: `providers.b.kind` cannot be `synapse` (known kinds: local, viam, everything)
      traind.yaml:4:3: `providers.c.kind` is missing (known kinds: local, viam, everything)
      traind.yaml:5:3: `providers.d` must be a mapping, not nothing (as {kind: KIND}; known kinds: local, viam, everything)
      traind.yaml:6:6: `providers.e` must be a mapping, not a list (as {kind: KIND}; known kinds: local, viam, everything)
      traind.yaml:7:7: `providers.f.kind` has no value (known kinds: local, viam, everything)
      """),
    Golden(
      "providers:\n  viam:\n    kind: viam\n    organisation: x\n    api_key_id: [1]\n",
      """
      traind.yaml:2:3: `providers.viam.organization` is missing (kind viam needs it: a text)
      traind.yaml:2:3: `providers.viam.api_key` is missing (kind viam needs it: {credential: NAME}, {file: PATH} or {env: NAME})
      traind.yaml:4:5: unknown key `providers.viam.organisation` (did you mean `organization`?)
      traind.yaml:5:17: `providers.viam.api_key_id` must be text, not a list
      """),
    Golden(
      "registries: [shelf]\nproviders: {a b: {kind: local}}\n",
      """
      traind.yaml:1:13: `registries` must be a mapping, not a list (as {NAME: {kind: KIND}})
      traind.yaml:2:13: `a b` cannot name a connection (letters, digits, `_`, `.` and `-`, at most 100, beginning with a letter or digit)
      """),
    Golden(
      """
      providers:
        e:
          kind: everything
          text: {a: 1}
          count: -1
          pause: 5
          room: big
          where: var/lib
          endpoint: api.example.com
          api: ml2
          strict: 'true'
          proxy: socks5://x
          ca: own.pem
          max_running: 0
          settle: soon
      """,
      """
      traind.yaml:4:11: `providers.e.text` must be text, not a mapping
      traind.yaml:5:12: `providers.e.count` must be at least 0, not -1
      traind.yaml:6:12: `providers.e.pause` cannot be `5`: it is not a duration (\(durationHint))
      traind.yaml:7:11: `providers.e.room` cannot be `big`: it is not a size (a whole number and KiB, MiB or GiB, as `20MiB`)
      traind.yaml:8:12: `providers.e.where` must be an absolute path (begin it with `/`)
      traind.yaml:9:15: `providers.e.endpoint` must be a URL (begin it with http:// or https:// or unix://)
      traind.yaml:10:10: `providers.e.api` cannot be `ml2` (did you mean `ml`?)
      traind.yaml:11:13: `providers.e.strict` must be true or false, not text
      traind.yaml:12:12: `providers.e.proxy` must be a URL (begin it with http:// or https://)
      traind.yaml:13:9: `providers.e.ca` must be an absolute path (begin it with `/`)
      traind.yaml:14:18: `providers.e.max_running` must be at least 1, not 0
      traind.yaml:15:13: `providers.e.settle` cannot be `soon`: it is not a duration (\(durationHint))
      """),
  ])
  func `a connection is checked by its kind`(_ golden: Golden) {
    #expect(problems(ofConfig: golden.input) == golden.expected)
  }

  @Test(arguments: [
    ("hunter2", "`providers.e.token` must say where the secret is: a secret is never written here (\(secretHint))"),
    ("[hunter2]", "`providers.e.token` must say where the secret is: a secret is never written here (\(secretHint))"),
    ("{hunter2}", "`providers.e.token` must have exactly one of the keys credential, file and env (\(secretHint))"),
    (
      "{value: hunter2}",
      "`providers.e.token` must have exactly one of the keys credential, file and env (\(secretHint))"
    ),
    (
      "{file: /a, env: B}",
      "`providers.e.token` must have exactly one of the keys credential, file and env (\(secretHint))"
    ),
  ])
  func `a secret that was written down is refused and not repeated`(_ written: String, _ what: String) {
    let said = problems(ofConfig: "providers: {e: {kind: everything, token: \(written)}}\n")
    #expect(said == "traind.yaml:1:42: \(what)")
    #expect(!said.contains("hunter2"))
  }

  @Test(arguments: [
    Golden("{file: token}", "traind.yaml:1:49: `providers.e.token.file` must be an absolute path (begin it with `/`)"),
    Golden(
      "{credential: ../x}",
      "traind.yaml:1:55: `providers.e.token.credential` must be the name of a credential (a file's name in $CREDENTIALS_DIRECTORY, without `/`)"
    ),
    Golden(
      "{env: A-B}",
      "traind.yaml:1:48: `providers.e.token.env` must be the name of an environment variable (letters, digits and `_`)"),
    Golden("{env: }", "traind.yaml:1:43: `providers.e.token.env` must be text, not nothing"),
  ])
  func `a reference to a secret must be able to lead somewhere`(_ golden: Golden) {
    #expect(problems(ofConfig: "providers: {e: {kind: everything, token: \(golden.input)}}\n") == golden.expected)
  }

  @Test func `a password in a URL is a secret that was written down`() {
    let said = problems(
      ofConfig: "providers: {e: {kind: everything, endpoint: 'https://u:hunter2@x', proxy: 'http://hunter2@p'}}\n")
    let hint = "for a proxy that needs one, set HTTPS_PROXY in the service's environment"
    #expect(
      said == """
        traind.yaml:1:45: `providers.e.endpoint` must not hold a user or password: a secret is never written here (remove it from the URL)
        traind.yaml:1:75: `providers.e.proxy` must not hold a user or password: a secret is never written here (\(hint))
        """)
  }

  @Test func `the configuration is shown as a file would say it`() throws {
    let config = try config(
      "spool: {keep: 36h}\npublish: {bandwidth: 20MiB/s}\nproviders: {v: {kind: viam, organization: o, api_key_id: i, api_key: {env: K}, settle: 30s}}\n"
    )
    #expect(
      config.json == [
        "poll": ["fastest": "2s", "slowest": "1m"], "retry": ["attempts": 3, "first": "5s", "most": "10m"],
        "publish": ["concurrent": 4, "bandwidth": "20MiB/s"], "spool": ["quota": "50GiB", "keep": "36h"],
        "history": ["keep": "90d"], "apply": "manual",
        "providers": [
          "v": ["kind": "viam", "organization": "o", "api_key_id": "i", "api_key": ["env": "K"], "settle": "30s"]
        ], "registries": ["shelf": ["kind": "directory", "path": "/state/models"]],
      ])
  }
}
