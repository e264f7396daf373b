import Testing
import TrainTransport

@Suite struct `A secret` {
  @Test func `never prints its value`() {
    let secret = Secret("hunter2")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(Optional(secret) as Any)"] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("<redacted>") || text.contains("Secret"))
    }
    #expect(secret.reveal() == "hunter2")
  }
}
