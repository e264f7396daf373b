import Testing
import TrainControl
import TrainCore

@Suite struct ControlErrorTests {
  @Test func `every kind has one of the documented exit codes`() {
    let documented: Set<Int32> = [1, 64, 65, 66, 69, 75, 77, 78]
    #expect(Set(ControlError.Kind.allCases.map(\.exitCode)) == documented)
  }

  @Test func `an error is read back as it was written`() throws {
    var error = ControlError(
      .conflict, "apply hardhat", "its identity changed", hint: "trainctl run hardhat --version V")
    #expect(try ControlError(error.json) == error)
    error.retryAfter = .seconds(7)
    #expect(try ControlError(error.json) == error)
    #expect(error.json["error"]?["code"] == "conflict")
  }

  @Test func `a fault says whether to try again`() {
    #expect(ControlError(.transient(.unavailable, "down"), what: "list").kind == .tryAgain)
    #expect(ControlError(.transient(.throttled, "busy", after: .seconds(7)), what: "list").retryAfter == .seconds(7))
    #expect(ControlError(.permanent(.rejected, "no"), what: "list").kind == .failed)
    #expect(ControlError(.permanent(.notFound, "no"), what: "list").kind == .notFound)
  }

  @Test(arguments: [("staet", "state"), ("al", "all")])
  func `a misspelled name has a nearest one`(name: String, nearest: String) {
    #expect(Nearest.name(to: name, among: ["state", "spec", "all", "limit"]) == nearest)
    #expect(Nearest.name(to: "quite-different", among: ["state", "spec"]) == nil)
  }

  @Test func `requests refuse fields that they don't know`() {
    let error = #expect(throws: ControlError.self) { try RunRequest(["spec": "a", "verson": "1"]) }
    #expect(error?.why == "unknown field 'verson'")
    #expect(error?.hint == "did you mean 'version'?")
  }

  @Test(arguments: ["hardhat@1.4.0", "a b/c?d%e", "é"])
  func `percent encoding comes back`(text: String) {
    let encoded = text.percentEncoded()
    #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
    #expect(String(percentDecoding: encoded) == text)
  }

  @Test(arguments: ["%", "%4", "%zz", "%ff"])
  func `a broken escape is refused`(text: String) { #expect(String(percentDecoding: text) == nil) }
}
