import Testing
import TrainBase

@Suite struct `Hexadecimal text` {
  @Test(arguments: [[], [0], [0x0f, 0xf0, 0xab], Array(0...255)] as [[UInt8]])
  func `reads what it wrote`(_ bytes: [UInt8]) {
    #expect(Hex.bytes(Hex.text(bytes)) == bytes)
    #expect(Hex.bytes(Hex.text(bytes).uppercased()) == bytes)
  }

  @Test(arguments: ["0", "0g", "+1", "0x", " 00", "é"])
  func `refuses what stands for no bytes`(_ text: String) {
    #expect(Hex.bytes(text) == nil)
  }
}
