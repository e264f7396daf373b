import Foundation
import NIOHTTP1
import Testing
import TrainCore
import TrainTestKit

@testable import TrainTransport

@Suite(.timeLimit(.minutes(60))) struct FuzzTests {
  private static func bytes(_ texts: String...) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  @Test func `a wait that a far side asks for is within an hour, whatever it writes`() async throws {
    var fuzzing = try Fuzzing(
      "retry-after", rounds: 4000, pieces: ["GMT", ":", "Nov", " ", "-"], most: 4096,
      more: Self.bytes("120", "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"), file: #filePath)
    await fuzzing.run { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      for headers in [
        HTTPHeaders([("Retry-After", text)]),
        HTTPHeaders([("Retry-After", text), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")]),
        HTTPHeaders([("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), ("Date", text)]),
      ] {
        guard let wait = RetryAfter.of(headers) else { continue }
        #expect(wait >= .zero && wait <= RetryAfter.most, "\(text)")
      }
      return RetryAfter.of(HTTPHeaders([("Retry-After", text)])) != nil
    }
  }

  @Test func `an address is an origin or none`() async throws {
    var fuzzing = try Fuzzing(
      "origin", rounds: 4000, pieces: ["://", "http", "@", ":", "[::1]", "/", "?", "#", "%2f", "65536", "\\"],
      most: 4096,
      more: Self.bytes("https://a.example:8443/x?y", "http://127.0.0.1:1", "http://[::1]:80/", "unix:///run/x"),
      file: #filePath)
    await fuzzing.run { bytes in
      guard let origin = Origin(String(decoding: bytes, as: UTF8.self)) else { return false }
      guard origin.host.utf8.allSatisfy({ $0 < 0x80 }), origin.host.count < 256 else { return true }
      #expect(Origin(origin.description) == origin, "\(origin)")
      #expect(!origin.description.contains("@"), "no key travels in an origin")
      return true
    }
  }

  @Test func `an response that is read as JSON is read the same again`() async throws {
    var fuzzing = try Fuzzing(
      "answer", rounds: 3000, pieces: ["[", "]", "{", "}", ",", ":", "\"", "\\ud800", "1e400"],
      more: Self.bytes("{\"id\":12,\"a\":[1,2.5,null,true,\"\\u00e9\"]}", "[]", "{\"next\":null}"), file: #filePath)
    await fuzzing.run { bytes in
      guard let value = JSON(parsing: String(decoding: bytes, as: UTF8.self)) else { return false }
      // As text: a whole number beyond 2^53 may come as a fraction, and is one number all the same.
      #expect(JSON(parsing: value.canonical)?.canonical == value.canonical)
      return true
    }
  }

  @Test(arguments: [9.223362036854776e18, -9.007199254740993e15, 0x1p53, 1e300, 0.1, 2.5e-9])
  func `a number is written as what it is`(_ number: Double) throws {
    let again = try #require(JSON(parsing: JSON.array([.double(number)]).canonical)?.array?.first)
    #expect(again.double == number)
  }
}
