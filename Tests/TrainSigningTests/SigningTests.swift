import Crypto
import Foundation
import Testing
import TrainControl
import TrainCore
import TrainSigning
import TrainTestKit

@Suite struct SigningTests {
  static let privatePEM = P256.Signing.PrivateKey().pemRepresentation
  static let publicPEM = (try? SigningKey(pem: privatePEM, named: "key").verifying.pem) ?? ""

  private func signed(_ directory: String, _ files: [String: [UInt8]] = ["model.bin": [1, 2, 3]]) throws -> Envelope {
    let release = try SampleRelease.make(files, in: directory)
    return try Envelope(Statement(of: release), with: SigningKey(pem: Self.privatePEM, named: "key"))
  }

  @Test func `what was signed is verified by the public half, from the text that was published`() async throws {
    try await TemporaryDirectory.with { directory in
      let text = try signed(directory).json.canonical
      let envelope = try Envelope(JSON.parse(Array(text.utf8), what: "test"))
      try envelope.verify(by: VerifyingKey(pem: Self.publicPEM, named: "key"))
      let statement = try Statement(JSON.parse(envelope.payload, what: "test"))
      #expect(statement.job == "hat@1.0.0")
      #expect(statement.subjects.map(\.name) == ["model.bin"])
      #expect(try SignedFiles(statement).check(directory).count == 1)
      #expect(try SignedFiles(statement).check("\(directory)/model.bin").first?.subject == statement.subjects.first)
    }
  }

  /// The encoding is DSSE's and the signature DER's, or nobody else can check it.
  @Test func `openssl verifies it too`() async throws {
    try await TemporaryDirectory.with { directory in
      let json = try signed(directory).json
      let payload = try #require(Data(base64Encoded: json["payload"]?.string ?? ""))
      let signature = try #require(Data(base64Encoded: json["signatures"]?.array?.first?["sig"]?.string ?? ""))
      let type = "application/vnd.in-toto+json"
      try (Data("DSSEv1 \(type.utf8.count) \(type) \(payload.count) ".utf8) + payload)
        .write(to: URL(filePath: "\(directory)/signed"))
      try signature.write(to: URL(filePath: "\(directory)/signature"))
      try Data(Self.publicPEM.utf8).write(to: URL(filePath: "\(directory)/public.pem"))
      guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else {
        print("skipped: there is no openssl here")
        return
      }
      let openssl = Process()
      openssl.executableURL = URL(filePath: "/usr/bin/openssl")
      openssl.arguments = [
        "dgst", "-sha256", "-verify", "\(directory)/public.pem", "-signature", "\(directory)/signature",
        "\(directory)/signed",
      ]
      openssl.standardOutput = FileHandle.nullDevice
      try openssl.run()
      openssl.waitUntilExit()
      #expect(openssl.terminationStatus == 0)
    }
  }

  @Test func `another key, other bytes and a changed statement are refused`() async throws {
    try await TemporaryDirectory.with { directory in
      let envelope = try signed(directory)
      let other = try SigningKey(pem: P256.Signing.PrivateKey().pemRepresentation, named: "other").verifying
      #expect(throws: Fault.self) { () throws -> Void in try envelope.verify(by: other) }
      var changed = envelope
      changed.payload[changed.payload.count / 2] ^= 1
      let key = try VerifyingKey(pem: Self.publicPEM, named: "key")
      #expect(throws: Fault.self) { () throws -> Void in try changed.verify(by: key) }
      let statement = try Statement(JSON.parse(envelope.payload, what: "test"))
      try Data([1, 2, 4]).write(to: URL(filePath: "\(directory)/model.bin"))
      for path in [directory, "\(directory)/model.bin"] {
        do throws(Fault) {
          _ = try SignedFiles(statement).check(path)
          Issue.record("other bytes pass at \(path)")
        } catch {
          #expect(error.code == .corrupted)
          #expect(error.message.contains(statement.subjects[0].sha256), "\(error.message)")
        }
      }
    }
  }

  @Test func `a signed name cannot lead out of its directory`() throws {
    let json: JSON = [
      "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
      "subject": [["name": "../passwd", "digest": ["sha256": "00"]]],
    ]
    let files = SignedFiles(try Statement(json))
    #expect(throws: Fault.self) { () throws -> Void in _ = try files.check("/tmp") }
  }

  @Test(arguments: ["", "hunter2", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"])
  func `what is no key is refused without being shown`(text: String) {
    do throws(Fault) {
      _ = try SigningKey(pem: text, named: "the credential 'sign'")
      Issue.record("taken")
    } catch {
      #expect(error.message.contains("the credential 'sign'"))
      #expect(text.isEmpty || !error.message.contains(text))
    }
  }
}
