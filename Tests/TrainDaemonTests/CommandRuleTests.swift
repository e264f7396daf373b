import Testing
import TrainControl
import TrainCore

@testable import TrainDaemon

@Suite struct `The rule about local commands` {
  private static let root = Operator(uid: 0, user: "root")
  private static let member = Operator(uid: 1001, user: "eva")

  private static func spec(_ train: JSON, provider: String = "here") -> JobSpec {
    JobSpec(
      name: "hat", provider: provider, modelName: "hat", version: .fixed("1"), train: train,
      written: ["provider": .string(provider), "train": train])
  }

  private static let configured = spec(["command": ["/bin/true"], "environment": ["A": "1"]])

  private func refusal(
    of spec: JobSpec, runsHere: Bool = true, configured: JobSpec? = configured, by actor: Operator = member
  ) -> ControlError.Kind? {
    do throws(ControlError) {
      try CommandRule(runsHere: runsHere, configured: configured).check(spec, by: actor, what: "run hat")
      return nil
    } catch { return error.kind }
  }

  @Test(
    arguments: [
      ["command": ["/bin/sh"], "environment": ["A": "1"]],
      ["command": ["/bin/true"], "environment": ["LD_PRELOAD": "x"]],
      ["command": ["/bin/true"], "environment": ["A": "1"], "directory": "/tmp"], [:],
    ] as [JSON])
  func `what a member changed in a command or around it is refused`(_ train: JSON) {
    #expect(refusal(of: Self.spec(train)) == .notPermitted)
    #expect(refusal(of: Self.spec(train), by: Self.root) == nil)
    #expect(refusal(of: Self.spec(train), runsHere: false) == nil)
  }

  @Test func `what the configuration says runs for every member, at any version`() {
    var other = Self.configured
    other.version = .fixed("2")
    #expect(refusal(of: other) == nil)
  }

  @Test func `the configuration's command does not move to another provider`() {
    #expect(refusal(of: Self.spec(Self.configured.train, provider: "there")) == .notPermitted)
  }

  @Test func `a spec from outside runs only for root`() {
    #expect(refusal(of: Self.configured, configured: nil) == .notPermitted)
    #expect(refusal(of: Self.configured, configured: nil, by: Self.root) == nil)
  }
}
