import Testing
import TrainCore
import TrainTransport

@testable import TrainRegistries

/// The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" in the Amazon
/// S3 API reference, and `get-vanilla`, `get-vanilla-query-order-key-case` of AWS's Signature Version 4 test suite.
@Suite struct `A signature of version 4 is the published one` {
  private static let accessKey = Secret("AKIAIOSFODNN7EXAMPLE")
  private static let secretKey = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  private static let host = (name: "host", value: "examplebucket.s3.amazonaws.com")
  private static let date = (name: "x-amz-date", value: "20130524T000000Z")

  private func request(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], payload: String = SigV4.emptyPayload
  ) -> SigV4 {
    SigV4(
      method: method, path: path, query: query,
      headers: [Self.host, Self.date, (name: "x-amz-content-sha256", value: payload)] + headers, payload: payload,
      date: Self.date.value, region: "us-east-1")
  }

  @Test func `of GET Object`() {
    let request = request("GET", "/test.txt", headers: [(name: "range", value: "bytes=0-9")])
    #expect(
      request.canonicalRequest == """
        GET
        /test.txt

        host:examplebucket.s3.amazonaws.com
        range:bytes=0-9
        x-amz-content-sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        x-amz-date:20130524T000000Z

        host;range;x-amz-content-sha256;x-amz-date
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
        """)
    #expect(
      request.stringToSign == """
        AWS4-HMAC-SHA256
        20130524T000000Z
        20130524/us-east-1/s3/aws4_request
        7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972
        """)
    #expect(
      request.authorization(accessKey: Self.accessKey, secretKey: Self.secretKey).reveal()
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
  }

  @Test func `of PUT Object, with a name that must be encoded and headers of its own`() {
    let payload = SigV4.sha256("Welcome to Amazon S3.")
    #expect(payload == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
    let request = request(
      "PUT", "/\("test$file.text".percentEncoded(keeping: "/"))",
      headers: [
        (name: "date", value: "Fri, 24 May 2013 00:00:00 GMT"),
        (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
      ], payload: payload)
    #expect(request.canonicalRequest.hasPrefix("PUT\n/test%24file.text\n\ndate:Fri, 24 May 2013 00:00:00 GMT\nhost:"))
    #expect(
      request.stringToSign.hasSuffix("\n9e0e90d9c76de8fa5b200d8c849cd5b8dc7a3be3951ddb7f6a76b4158342019d"))
    #expect(
      request.signature(with: Self.secretKey) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
  }

  @Test func `of GET Bucket Lifecycle, with a query of a name alone`() {
    let request = request("GET", "/", query: [("lifecycle", "")])
    #expect(request.canonicalRequest.hasPrefix("GET\n/\nlifecycle=\nhost:"))
    #expect(
      request.stringToSign.hasSuffix("\n9766c798316ff2757b517bc739a67f6213b4ab36dd5da2f94eaebf79c77395ca"))
    #expect(
      request.signature(with: Self.secretKey) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
  }

  @Test func `of GET Bucket (List Objects), with a query in any order`() {
    let request = request("GET", "/", query: [("prefix", "J"), ("max-keys", "2")])
    #expect(request.canonicalRequest.hasPrefix("GET\n/\nmax-keys=2&prefix=J\nhost:"))
    #expect(
      request.stringToSign.hasSuffix("\ndf57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7"))
    #expect(
      request.signature(with: Self.secretKey) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
  }

  /// The test suite's: service "service", two headers, no digest among them.
  @Test func `of the test suite's plain GET`() {
    let request = SigV4(
      method: "GET", path: "/", headers: [("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")],
      payload: SigV4.emptyPayload, date: "20150830T123600Z", region: "us-east-1", service: "service")
    #expect(
      request.stringToSign.hasSuffix("\nbb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63"))
    #expect(
      request.signature(with: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
        == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
  }

  @Test func `takes spaces out of headers and encodes whatever is not plain`() {
    let request = request("GET", "/a", headers: [(name: "x-amz-meta-a", value: "  b   c  ")])
    #expect(request.canonicalRequest.contains("\nx-amz-meta-a:b c\n"))
    #expect(SigV4.encoded([("b", "1"), ("a", "x y+/=~ü"), ("a", "")]) == "a=&a=x%20y%2B%2F%3D~%C3%BC&b=1")
    #expect("a b/c+d/ü".percentEncoded(keeping: "/") == "a%20b/c%2Bd/%C3%BC")
  }
}
