import Testing
import TrainCore

@testable import TrainTransport

@Suite struct `The proxy of a URL` {
  private func proxy(_ rules: ProxyRules, _ url: String) throws -> String? {
    rules.proxy(for: try #require(Origin(url)))
  }

  @Test func `is the environment's for its scheme, but for what NO_PROXY names and loopback`() throws {
    let rules = ProxyRules(
      https: "http://secure:1", http: "http://plain:2", except: ".internal, example.com,*.star.net 10.0.0.1:8080")
    #expect(try proxy(rules, "https://a.org/x") == "http://secure:1")
    #expect(try proxy(rules, "http://a.org") == "http://plain:2")
    for url in [
      "https://x.internal", "https://internal", "https://example.com", "https://sub.EXAMPLE.com:444/",
      "https://a.star.net",
      "http://10.0.0.1:8080", "http://localhost:1", "http://127.0.0.1", "http://[::1]:9",
    ] {
      #expect(try proxy(rules, url) == nil, "\(url)")
    }
    for url in ["https://notexample.com", "http://10.0.0.1", "http://10.0.0.1:80"] {
      #expect(try proxy(rules, url) != nil, "\(url)")
    }
    #expect(try proxy(ProxyRules(https: "http://p:1", http: nil, except: "*"), "https://a.org") == nil)
    #expect(try proxy(ProxyRules(https: "", http: nil, except: nil), "https://a.org") == nil)
  }

  @Test func `is the connection's own where it has one, for everything`() throws {
    let rules = ProxyRules(https: "http://secure:1", http: nil, except: "*")
      .for(ConnectionConfig(name: "c", kind: "k", proxy: "http://own:3"))
    #expect(try proxy(rules, "https://a.org") == "http://own:3")
    #expect(try proxy(rules, "http://127.0.0.1") == "http://own:3")
  }

  @Test func `is read with its port and credentials, and refused when it is none`() throws {
    let proxy = try ProxyAddress("http://user:p%40ss@proxy.example:3128")
    #expect(proxy.host == "proxy.example")
    #expect(proxy.port == 3128)
    #expect(proxy.user == "user" && proxy.password?.reveal() == "p@ss")
    #expect(try ProxyAddress("proxy:8080").port == 8080)
    #expect(try ProxyAddress("socks5://proxy").port == 1080)
    for text in ["https://proxy", "", "http://"] {
      let fault = #expect(throws: Fault.self) { try ProxyAddress(text) }
      #expect(fault?.isPermanent == true)
    }
  }
}
