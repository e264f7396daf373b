import Testing
import TrainCore
import TrainViam

@Suite struct ViamHashesTests {
  /// The check value of CRC-32C: "123456789" has 0xE3069283, in base64 "4waSgw==".
  private static let digests = FileDigests(
    sha256: "", md5: "25f9e794323b453885f5181f1b624d0b", crc32c: 0xE306_9283, crc32: 0)

  @Test(arguments: [
    ["crc32c=4waSgw==", "md5=JfnnlDI7RTiF9RgfG2JNCw=="], ["crc32c=4waSgw==,md5=JfnnlDI7RTiF9RgfG2JNCw=="],
    ["md5=JfnnlDI7RTiF9RgfG2JNCw==, crc32c=4waSgw=="], ["crc32c=AADjBpKD"], ["md5=JfnnlDI7RTiF9RgfG2JNCw=="], [],
    ["nonsense", "crc32c=%%%", "sha1="],
  ])
  func `what is promised and kept is no mismatch`(_ lines: [String]) {
    let hashes = ViamHashes(lines: lines)
    #expect(hashes.mismatch(with: Self.digests) == nil)
  }

  @Test(arguments: [["crc32c=4waSgg=="], ["md5=JfnnlDI7RTiF9RgfG2JNDA=="]])
  func `what is promised and not kept is one`(_ lines: [String]) {
    let hashes = ViamHashes(lines: lines)
    #expect(hashes.mismatch(with: Self.digests) != nil)
  }

  @Test(arguments: [
    (#"{"iat":100,"exp":3700}"#, Duration.seconds(3600)), (#"{"exp":3700}"#, nil), (#"{"iat":100}"#, nil),
    (#"{"iat":100,"exp":100}"#, nil), ("[]", nil), ("", nil),
  ])
  func `a token's life is what it says itself`(_ claims: String, _ life: Duration?) {
    let body = Self.base64URL(claims)
    #expect(ViamTokens.life(of: "e30.\(body).x") == life)
  }

  @Test func `what is no JWT has no known life`() {
    for text in ["", "a", "a.b", "....", "e30.%%%.x"] { #expect(ViamTokens.life(of: text) == nil) }
  }

  private static func base64URL(_ text: String) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var (result, bits, count) = ("", 0, 0)
    for byte in text.utf8 {
      (bits, count) = (bits << 8 | Int(byte), count + 8)
      while count >= 6 {
        count -= 6
        result.append(letters[bits >> count & 63])
      }
      bits &= (1 << count) - 1
    }
    if count > 0 { result.append(letters[bits << (6 - count) & 63]) }
    return result
  }
}
