internal import TrainBase

/// Values as the text of a column: the same value is always the same text.
///
/// A spec's `1.0` that comes back as `1` is another argument for the platform, so a job that was submitted would no
/// longer be known as ours; a loss that is NaN must not stop its job's commits. ``JSON`` writes both as they are.
enum StoredJSON {
  static func text(of value: some Encodable) throws -> String { try JSON(encoding: value).canonical }

  static func value<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws -> Value {
    try JSON.parse(text, .ours).decoded(as: type)
  }
}
