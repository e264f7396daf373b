/// ``JSON`` -> Codable. Where a ``JSON`` is asked for, the tree goes through as it is.
struct TreeDecoder: Decoder, SingleValueDecodingContainer {
  let tree: JSON
  let path: TreePath
  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = tree else { throw mismatch(type, "an object") }
    return KeyedDecodingContainer(TreeKeyedDecoding(members: members, path: path))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = tree else { throw mismatch([JSON].self, "an array") }
    return TreeUnkeyedDecoding(elements: elements, path: path)
  }
  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { tree == .null }
  func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let value) = tree else { throw mismatch(type, "a boolean") }
    return value
  }
  func decode(_ type: String.Type) throws -> String {
    guard case .string(let value) = tree else { throw mismatch(type, "a string") }
    return value
  }
  func decode(_ type: Double.Type) throws -> Double {
    switch tree {
    case .double(let value): return value
    case .int(let value): return Double(value)
    case .null: return .nan
    case .bool, .string, .array, .object: throw mismatch(type, "a number")
    }
  }
  func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  /// Counts: one that is this large was never counted, and could not be counted on from.
  func decode(_ type: Int.Type) throws -> Int {
    let value = try integer(type)
    guard value.magnitude <= Self.largest else { throw mismatch(type, "a count") }
    return value
  }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: UInt.Type) throws -> UInt { UInt(try decode(UInt64.self)) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 {
    if case .string(let digits) = tree, let value = UInt64(digits) { return value }
    return try integer(type)
  }
  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let value = tree as? Value { return value }
    let value = try Value(from: self)
    // What lies outside traps as soon as it is looked at in seconds.
    if let duration = value as? Duration, duration < .seconds(-Self.largest) || duration > .seconds(Self.largest) {
      throw mismatch(type, "a duration")
    }
    return value
  }

  private static let largest = 1 << 53

  private func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    guard case .int(let value) = tree, let exact = Value(exactly: value) else { throw mismatch(type, "an integer") }
    return exact
  }

  private func mismatch(_ type: Any.Type, _ wanted: String) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "\(wanted) was expected"))
  }
}

struct TreeKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [String: JSON]
  let path: TreePath
  var codingPath: [any CodingKey] { path.keys }
  var allKeys: [Key] { members.keys.compactMap(Key.init(stringValue:)) }

  private func place(_ key: any CodingKey) throws -> TreeDecoder {
    guard let tree = members[key.stringValue] else {
      throw DecodingError.keyNotFound(
        key, .init(codingPath: codingPath, debugDescription: "`\(key.stringValue)` is missing"))
    }
    return TreeDecoder(tree: tree, path: .member(key, of: path))
  }

  func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try place(key).decodeNil() }
  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try place(key).decode(type) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try place(key).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try place(key).unkeyedContainer()
  }
  func superDecoder() throws -> any Decoder { try place(TreeKey.super) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try place(key) }
}

struct TreeUnkeyedDecoding: UnkeyedDecodingContainer {
  let elements: [JSON]
  let path: TreePath
  private(set) var currentIndex = 0

  init(elements: [JSON], path: TreePath) {
    self.elements = elements
    self.path = path
  }

  var codingPath: [any CodingKey] { path.keys }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  private func place() throws -> TreeDecoder {
    let key = TreeKey(intValue: currentIndex)
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        JSON.self, .init(codingPath: codingPath + [key], debugDescription: "the array is too short"))
    }
    return TreeDecoder(tree: elements[currentIndex], path: .member(key, of: path))
  }

  mutating func decodeNil() throws -> Bool {
    guard try place().decodeNil() else { return false }
    currentIndex += 1
    return true
  }
  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try place().decode(type)
    currentIndex += 1
    return value
  }
  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try place().container(keyedBy: type)
    currentIndex += 1
    return container
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try place().unkeyedContainer()
    currentIndex += 1
    return container
  }
  mutating func superDecoder() throws -> any Decoder {
    let decoder = try place()
    currentIndex += 1
    return decoder
  }
}
