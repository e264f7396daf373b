import Foundation
import Testing
import TrainCore
import TrainTestKit
import TrainTransport

@Suite struct `A secret` {
  private func write(_ text: String, to path: String, mode: Int = 0o600) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  @Test func `never prints its value`() {
    let secret = Secret("hunter2")
    var dumped = ""
    dump([secret], to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])", "\(["key": secret])"] {
      #expect(!text.contains("hunter2"))
      #expect(text.contains("<redacted>"))
    }
    #expect(Mirror(reflecting: secret).children.isEmpty)
    #expect(secret.reveal() == "hunter2")
  }

  @Test func `is read from a credential, a file or the environment, one line break dropped`() async throws {
    try await TemporaryDirectory.with { directory in
      try write("one\n\n", to: "\(directory)/token", mode: 0o644)
      try write("two\n", to: "\(directory)/file")
      let resolver = SecretResolver(credentialsDirectory: directory, environment: ["TOKEN": "three"])
      #expect(try resolver.resolve(.credential("token")).reveal() == "one\n")
      #expect(try resolver.resolve(.file("\(directory)/file")).reveal() == "two")
      #expect(try resolver.resolve(.environment("TOKEN")).reveal() == "three")
    }
  }

  @Test func `that cannot be had is a final fault that names the reference, never the value`() async throws {
    try await TemporaryDirectory.with { directory in
      try write("hunter2", to: "\(directory)/open", mode: 0o640)
      try write("\n", to: "\(directory)/empty")
      try write(String(repeating: "hunter2", count: 10_000), to: "\(directory)/large")
      #expect(mkfifo("\(directory)/fifo", 0o600) == 0)
      let resolver = SecretResolver(credentialsDirectory: directory, environment: ["EMPTY": ""])
      let references: [(SecretReference, String)] = [
        (.credential("missing"), "missing"), (.credential("../secret"), "../secret"), (.credential(""), "''"),
        (.credential(".."), "'..'"), (.file("\(directory)/open"), "open"), (.file("\(directory)/empty"), "empty"),
        (.file("\(directory)/large"), "large"), (.file("\(directory)/fifo"), "fifo"), (.file(directory), directory),
        (.file("\(directory)/missing"), "missing"), (.file("relative"), "relative"), (.environment("NONE"), "NONE"),
        (.environment("EMPTY"), "EMPTY"),
      ]
      for (reference, name) in references {
        let fault = #expect(throws: Fault.self) { try resolver.resolve(reference) }
        #expect(fault?.isPermanent == true, "\(reference)")
        #expect(fault?.message.contains(name) == true, "\(String(describing: fault))")
        #expect(fault?.message.contains("hunter2") == false)
        #expect(fault?.hint?.contains("hunter2") != true)
      }
      let open = #expect(throws: Fault.self) { try resolver.resolve(.file("\(directory)/open")) }
      #expect(open?.hint == "chmod 600 \(directory)/open")
      let none = SecretResolver(credentialsDirectory: nil)
      let fault = #expect(throws: Fault.self) { try none.resolve(.credential("token")) }
      #expect(fault?.hint?.contains("LoadCredential=token:") == true)
    }
  }

  @Test func `in a file is read again after a refusal, and only then`() async throws {
    try await TemporaryDirectory.with { directory in
      let path = "\(directory)/token"
      try write("old", to: path)
      let secret = RenewableSecret(.file(path), from: SecretResolver(credentialsDirectory: nil))
      let old = try secret.current()
      try write("new", to: path)
      #expect(try secret.current() == old)
      #expect(try secret.renew(after: old))
      #expect(try secret.current().reveal() == "new")
      // A second one that was refused the old secret finds the new one without reading.
      #expect(try secret.renew(after: old))
      #expect(try !secret.renew(after: secret.current()))
    }
  }
}
