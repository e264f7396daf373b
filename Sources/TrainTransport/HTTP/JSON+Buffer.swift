public import NIOCore
public import TrainCore

extension JSON {
  /// Parses one JSON document of a far side; `nil` when the bytes are none.
  public init?(parsing buffer: ByteBuffer) {
    guard let json = try? JSON.parse(buffer.readableBytesView, .foreign) else { return nil }
    self = json
  }

  /// Parses one JSON document of a far side; `nil` when the text is none.
  public init?(parsing text: String) {
    guard let json = try? JSON.parse(text, .foreign) else { return nil }
    self = json
  }
}
