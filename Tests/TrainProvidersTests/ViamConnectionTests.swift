import Glibc
import Testing
import TrainCore
import TrainProviders
import TrainTestKit
import TrainTransport

@Suite struct ViamConnectionTests {
  /// Lists the jobs of a Viam that speaks TLS, as `configure` has it.
  private func list(
    tls: Bool = true, proxies: ProxyRules = .none, _ configure: @Sendable (inout ConnectionConfig) -> Void
  ) async throws -> (fault: Fault?, calls: [FakeViam.Call]) {
    let time = SteppedTime()
    let viam = FakeViam(time: time)
    let fault = try await viam.serve(tls: tls) { endpoint in
      var config = ViamHarness.config(endpoint)
      configure(&config)
      let provider = try ViamProvider(
        config, secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "secret-key"]),
        proxies: proxies, time: time)
      let fault = await thrown { () throws(Fault) in try await provider.platform?.list(status: nil) }
      await provider.shutdown()
      return fault
    }
    return (fault, viam.calls)
  }

  private func withAuthority<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let path = "/tmp/traind-viam-ca-\(getpid())-\(UInt32.random(in: 0 ... .max)).pem"
    let file = try #require(fopen(path, "w"))
    fputs(TestCertificate.authority, file)
    fclose(file)
    defer { unlink(path) }
    return try await body(path)
  }

  /// `https://127.0.0.1:1234` -> `https://viam.test:1234`, a name that nobody can resolve.
  private static func named(_ config: inout ConnectionConfig) {
    let endpoint = config.settings["endpoint"]?.string ?? ""
    config.settings["endpoint"] = .string(endpoint.replacing("127.0.0.1", with: "viam.test"))
  }

  @Test func `a private authority is trusted where it is named`() async throws {
    let (fault, calls) = try await withAuthority { path in try await list { $0.ca = path } }
    #expect(fault == nil)
    #expect(calls.map(\.method) == ["Authenticate", "ListTrainingJobs"])
  }

  @Test func `a certificate that nobody vouches for is refused before anything is sent`() async throws {
    let (fault, calls) = try await list { _ in }
    #expect(fault?.code == .unavailable)
    #expect(fault?.isPermanent == false)
    #expect(fault?.effect == Fault.Effect.none)
    #expect(fault?.message.lowercased().contains("certificate") == true, "it says why: \(fault?.message ?? "")")
    #expect(calls.isEmpty)
  }

  @Test func `a file without certificates is refused at once`() async throws {
    let fault = await thrown { () throws(Fault) in
      var config = ViamHarness.config("https://viam.test")
      config.ca = "/etc/hostname"
      return try ViamProvider(
        config, secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "k"]), proxies: .none,
        time: SteppedTime())
    }
    #expect(fault?.isPermanent == true)
  }

  @Test func `through a proxy TLS is with the far side, by its name`() async throws {
    let proxy = FakeProxy()
    try await proxy.start()
    let (fault, calls) = try await withAuthority { path in
      try await list {
        Self.named(&$0)
        $0.ca = path
        $0.proxy = "http://user:pass@\(proxy.address)"
      }
    }
    #expect(fault == nil)
    #expect(calls.count == 2)
    #expect(proxy.requests.count == 1)
    let request = try #require(proxy.requests.first)
    #expect(request.hasPrefix("CONNECT viam.test:"))
    #expect(request.contains("proxy-authorization: Basic dXNlcjpwYXNz\r\n"))
    try await proxy.stop()
  }

  @Test func `plain text goes through a tunnel too`() async throws {
    let proxy = FakeProxy()
    try await proxy.start()
    let (fault, _) = try await list(tls: false) {
      Self.named(&$0)
      $0.proxy = "http://\(proxy.address)"
    }
    #expect(fault == nil)
    #expect(proxy.requests.count == 1)
    try await proxy.stop()
  }

  @Test func `the environment's proxy is used, except for what it excepts`() async throws {
    let proxy = FakeProxy()
    try await proxy.start()
    let rules = ProxyRules(https: "http://\(proxy.address)", http: nil, except: "127.0.0.1")
    let (excepted, _) = try await withAuthority { path in try await list(proxies: rules) { $0.ca = path } }
    #expect(excepted == nil)
    #expect(proxy.requests.isEmpty)
    let (fault, _) = try await withAuthority { path in
      try await list(proxies: rules) {
        Self.named(&$0)
        $0.ca = path
      }
    }
    #expect(fault == nil)
    #expect(proxy.requests.count == 1)
    try await proxy.stop()
  }

  @Test func `a proxy that opens no tunnel is named, and nothing was sent`() async throws {
    let proxy = FakeProxy()
    try await proxy.start()
    proxy.refuse(with: "HTTP/1.1 407 Proxy Authentication Required")
    let (fault, calls) = try await list {
      Self.named(&$0)
      $0.proxy = "http://user:s3cret@\(proxy.address)"
    }
    #expect(fault?.code == .unavailable)
    #expect(fault?.effect == Fault.Effect.none)
    #expect(fault?.message.contains("407") == true, "it says why: \(fault?.message ?? "")")
    #expect(fault?.message.contains("s3cret") == false)
    #expect(calls.isEmpty)
    try await proxy.stop()
  }

  @Test func `a proxy that gRPC cannot go through is refused at once`() async throws {
    for proxy in ["socks5://127.0.0.1:1080", "https://127.0.0.1:1"] {
      let fault = await thrown { () throws(Fault) in
        var config = ViamHarness.config("https://viam.test")
        config.proxy = proxy
        return try ViamProvider(
          config, secrets: SecretResolver(credentialsDirectory: nil, environment: ["KEY": "k"]), proxies: .none,
          time: SteppedTime())
      }
      #expect(fault?.code == .unsupported)
    }
  }
}
