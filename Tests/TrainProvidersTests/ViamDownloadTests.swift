import Testing
import TrainCore
import TrainTestKit
import TrainTransport
import TrainViam
import ViamAPI

@testable import TrainProviders

@Suite struct ViamDownloadTests {
  private static let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 17 ^ $0 >> 7) }
  private static let path = "hardhat.tar.gz"

  @Test func `an archive arrives whole, in bounded pieces`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
      #expect(sink.files[Self.path]?.total == Int64(Self.bytes.count))
      #expect(sink.largestWrite <= 1024 * 1024)
      let requests = harness.viam.archives.requests
      #expect(requests.map(\.method) == ["HEAD", "GET"])
      #expect(requests.allSatisfy { $0.headers["key_id"] == FakeViam.keyID && $0.headers["key"] == "secret-key" })
    }
  }

  @Test(arguments: [FakeArchives.Trouble.cut(after: 100_000), .reset(after: 100_000)])
  func `a cut connection is transient, and the next fetch goes on from there`(_ trouble: FakeArchives.Trouble)
    async throws
  {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      harness.viam.archives.trouble(trouble)
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(fault?.isPermanent == false)
      let held = sink.files[Self.path]?.bytes.count ?? 0
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
      if held > 0 { #expect(harness.viam.archives.requests.last?.headers["range"] == "bytes=\(held)-") }
      #expect(sink.discards == 0)
    }
  }

  @Test func `a part is gone on from, not fetched again`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let whole = MemorySink()
      try await harness.provider.fetch(handle, into: whole)
      let sink = MemorySink()
      let tag = try #require(whole.files[Self.path]?.tag)
      sink.hold(Array(Self.bytes.prefix(200_000)), of: Self.path, tag: tag)
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
      #expect(harness.viam.archives.requests.last?.headers["range"] == "bytes=200000-")
      #expect(sink.discards == 0)
    }
  }

  @Test func `what is held whole is only checked`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      try await harness.provider.fetch(handle, into: sink)
      #expect(harness.viam.archives.requests.map(\.method) == ["HEAD", "GET", "HEAD"])
    }
  }

  @Test func `the whole in answer to a part starts over`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      harness.viam.archives.trouble(.cut(after: 100_000), .ignoreRange)
      let first = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(first != nil)
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
    }
  }

  @Test func `another part than was asked for is refused`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let whole = MemorySink()
      try await harness.provider.fetch(handle, into: whole)
      let sink = MemorySink()
      sink.hold(Array(Self.bytes.prefix(10)), of: Self.path, tag: try #require(whole.files[Self.path]?.tag))
      harness.viam.archives.trouble(.wrongRange)
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(fault?.code == .badAnswer)
      #expect(fault?.isPermanent == false)
      #expect(sink.files[Self.path]?.bytes.count == 10)
    }
  }

  @Test func `bytes that do not match their checksum are thrown away`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      harness.viam.archives.trouble(.corrupt)
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(fault?.code == .corrupted)
      #expect(fault?.isPermanent == false)
      #expect(sink.files.isEmpty)
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
    }
  }

  @Test func `a checksum may have zeros in front`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.archives.setHashes(true, padded: true)
      let handle = try await harness.completed(Self.bytes)
      try await harness.provider.fetch(handle, into: MemorySink())
    }
  }

  @Test func `without a checksum the bytes are taken as they are`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.archives.setHashes(false)
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
    }
  }

  @Test func `an empty archive is an archive`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed([])
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == [])
    }
  }

  @Test func `the key does not follow a redirect to another host`() async throws {
    let elsewhere = FakeArchives()
    try await elsewhere.start()
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      elsewhere.serve(Self.bytes, at: "\(FakeViam.organization)/hardhat@1.4.0")
      harness.viam.archives.redirect(to: elsewhere.origin)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
      #expect(elsewhere.requests.map(\.method) == ["HEAD", "GET"])
      #expect(elsewhere.requests.allSatisfy { $0.headers["key"] == nil && $0.headers["key_id"] == nil })
      #expect(harness.viam.archives.requests.first?.headers["key"] == "secret-key")
    }
    try await elsewhere.stop()
  }

  @Test func `redirects in a circle come to an end`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      harness.viam.archives.redirect(to: harness.viam.archives.origin)
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: MemorySink()) }
      #expect(fault?.code == .badAnswer)
      #expect(harness.viam.archives.requests.count == 6)
    }
  }

  @Test func `something else than an archive is refused`() async throws {
    try await ViamHarness.run { harness in
      harness.viam.archives.setContentType("text/html")
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(fault?.code == .badAnswer)
      #expect(fault?.message.contains("text/html") == true)
      #expect(sink.files.isEmpty)
    }
  }

  @Test(arguments: [(401, Fault.Code.unauthorized), (403, .unauthorized), (404, .notFound), (503, .unavailable)])
  func `a refused download may succeed later`(_ status: Int, _ code: Fault.Code) async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      harness.viam.archives.answer(status)
      let fault = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: MemorySink()) }
      #expect(fault?.code == code)
      #expect(fault?.isPermanent == false)
      #expect(fault?.message.contains("secret-key") == false)
    }
  }

  @Test func `a package that is not there yet is waited for, but not for ever`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      harness.viam.setPackagesAppear(false)
      let early = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: MemorySink()) }
      #expect(early?.code == .notFound)
      #expect(early?.isPermanent == false)
      harness.time.advance(by: .seconds(600))
      let late = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: MemorySink()) }
      #expect(late?.code == .notFound)
      #expect(late?.isPermanent == true)
      harness.viam.setPackagesAppear(true)
      try await harness.provider.fetch(handle, into: MemorySink())
    }
  }

  @Test func `a full disk is what the sink says`() async throws {
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      let sink = MemorySink()
      sink.fail(after: 50_000)
      let full = await thrown { () throws(Fault) in try await harness.provider.fetch(handle, into: sink) }
      #expect(full?.code == .diskFull)
      sink.fail(after: nil)
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
    }
  }

  @Test func `an address that is signed for GET alone is good enough`() async throws {
    let elsewhere = FakeArchives()
    try await elsewhere.start()
    elsewhere.refuseHead()
    try await ViamHarness.run { harness in
      let handle = try await harness.completed(Self.bytes)
      elsewhere.serve(Self.bytes, at: "\(FakeViam.organization)/hardhat@1.4.0")
      harness.viam.archives.redirect(to: elsewhere.origin)
      let sink = MemorySink()
      try await harness.provider.fetch(handle, into: sink)
      #expect(sink.files[Self.path]?.bytes == Self.bytes)
      #expect(elsewhere.requests.map(\.method) == ["HEAD", "GET", "GET"])
    }
    try await elsewhere.stop()
  }

  @Test func `a download in which nothing moves is given up`() async throws {
    let archives = FakeArchives()
    try await archives.start()
    archives.trouble(.stall(after: 100_000))
    let http = try HTTPTransport()
    let secrets = SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"])
    let download = ViamDownload(
      probe: ViamProbe(
        http: http, keyID: FakeViam.keyID, key: RenewableSecret(.environment("KEY"), from: secrets),
        mayBePlaintext: true), idleTimeout: .milliseconds(300))
    var package = Viam_App_Packages_V1_Package()
    package.url = archives.serve(Self.bytes, at: "x")
    let key = ViamKey(organization: "o", name: "n", version: "1")
    let sink = MemorySink()
    let fault = await thrown { [package] () throws(Fault) in
      try await download.fetch(package, as: Self.path, of: key, into: sink)
    }
    #expect(fault?.code == .timeout)
    #expect(fault?.isPermanent == false)
    await http.shutdown()
    try await archives.stop()
  }

  @Test func `plain addresses are not followed from an encrypted endpoint`() async throws {
    let archives = FakeArchives()
    try await archives.start()
    let http = try HTTPTransport()
    let secrets = SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"])
    let download = ViamDownload(
      probe: ViamProbe(
        http: http, keyID: FakeViam.keyID, key: RenewableSecret(.environment("KEY"), from: secrets),
        mayBePlaintext: false))
    var package = Viam_App_Packages_V1_Package()
    package.url = archives.serve(Self.bytes, at: "x")
    let key = ViamKey(organization: "o", name: "n", version: "1")
    let fault = await thrown { [package] () throws(Fault) in
      try await download.fetch(package, as: Self.path, of: key, into: MemorySink())
    }
    #expect(fault?.isPermanent == true)
    #expect(archives.requests.isEmpty, "the key went nowhere")
    await http.shutdown()
    try await archives.stop()
  }
}
