import Testing
import TrainControl
import TrainCore
import TrainTestKit

/// The real daemon, with a registry that has aliases and one that has none.
@Suite struct PromoteTests {
  private let job = JobID("a@1")

  @Test func `an alias that is named is moved where there are aliases, and nothing is said of where there are none`()
    async throws
  {
    let far = FarRegistries(time: RealTime())
    try await far.serve { addresses in
      try await RealDaemon.with(config: "") { daemon in
        try daemon.write(
          config: """
            poll: {fastest: 100ms, slowest: 300ms}
            providers:
              here: {kind: local}
            registries:
              shelf: {kind: directory, path: \(daemon.root)/models}

            """ + FarRegistries.connections(addresses, settle: "300ms"))
        try daemon.write(
          spec: "a",
          """
          provider: here
          model: {name: a, version: "1"}
          train: {command: [/bin/sh, -c, 'echo model >$TRAIND_OUTPUT/model.bin']}
          publish: [{registry: machines}, {registry: shelf}]
          """)
        try await daemon.start(environment: FarRegistries.environment)
        try await daemon.wait(for: job, toBe: .done)
        try await daemon.post(
          ControlPath.job(job, "promote"), [], PromoteRequest(alias: "production").json.canonical)
        let view = try await Patience.wait(for: "the alias to move") { () -> JobView? in
          let view = try await daemon.job(job)
          return view.publications.contains { $0.promotion?.state == "moved" } ? view : nil
        }
        #expect(view.publications.filter { $0.promotion != nil }.map(\.registry) == ["shelf"])
        let shelf: any FarRegistry = FarDirectory(path: "\(daemon.root)/models")
        #expect(await shelf.target(of: "production", in: "a") == "a/1")
        let reasons = try await daemon.events(of: job).map(\.reason)
        #expect(!reasons.contains("promotion-refused"))

        let refusal = await #expect(throws: ControlError.self) {
          try await daemon.post(
            ControlPath.job(job, "promote"), [],
            PromoteRequest(registry: "machines", alias: "production").json.canonical)
        }
        #expect(refusal?.kind == .unsupported)
      }
    }
  }
}
