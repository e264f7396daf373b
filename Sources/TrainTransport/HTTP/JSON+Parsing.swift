internal import FoundationEssentials
public import NIOCore
public import TrainCore

extension JSON {
  /// Parses one JSON document; `nil` when the bytes are none.
  public init?(parsing buffer: ByteBuffer) {
    guard let json = try? JSONDecoder().decode(JSON.self, from: Data(buffer.readableBytesView)) else { return nil }
    self = json
  }

  /// Parses one JSON document; `nil` when the text is none.
  public init?(parsing text: String) { self.init(parsing: ByteBuffer(string: text)) }
}
