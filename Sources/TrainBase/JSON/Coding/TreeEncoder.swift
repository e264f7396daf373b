/// A place in the tree that an encoder fills.
final class TreeBox {
  var leaf: JSON = .null
  var members: [String: TreeBox]?
  var elements: [TreeBox]?

  init(_ leaf: JSON = .null) { self.leaf = leaf }

  var tree: JSON {
    if let members { return .object(members.mapValues(\.tree)) }
    if let elements { return .array(elements.map(\.tree)) }
    return leaf
  }
}

/// Codable -> ``JSON``. A ``JSON`` inside a value goes through as it is.
struct TreeEncoder: Encoder, SingleValueEncodingContainer {
  let box: TreeBox
  let path: TreePath
  var codingPath: [any CodingKey] { path.keys }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if box.members == nil { box.members = [:] }
    return KeyedEncodingContainer(TreeKeyedEncoding(box: box, path: path))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if box.elements == nil { box.elements = [] }
    return TreeUnkeyedEncoding(box: box, path: path)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { box.leaf = .null }
  func encode(_ value: Bool) { box.leaf = .bool(value) }
  func encode(_ value: String) { box.leaf = .string(value) }
  func encode(_ value: Double) { box.leaf = .double(value) }
  func encode(_ value: Float) { box.leaf = .double(Double(value)) }
  func encode(_ value: Int) { box.leaf = .int(Int64(value)) }
  func encode(_ value: Int8) { box.leaf = .int(Int64(value)) }
  func encode(_ value: Int16) { box.leaf = .int(Int64(value)) }
  func encode(_ value: Int32) { box.leaf = .int(Int64(value)) }
  func encode(_ value: Int64) { box.leaf = .int(value) }
  func encode(_ value: UInt) { encode(UInt64(value)) }
  func encode(_ value: UInt8) { box.leaf = .int(Int64(value)) }
  func encode(_ value: UInt16) { box.leaf = .int(Int64(value)) }
  func encode(_ value: UInt32) { box.leaf = .int(Int64(value)) }
  /// A `Duration` writes its lower half as such a number: what no Int64 holds becomes its digits.
  func encode(_ value: UInt64) { box.leaf = Int64(exactly: value).map(JSON.int) ?? .string(String(value)) }
  func encode<Value: Encodable>(_ value: Value) throws {
    if let tree = value as? JSON { box.leaf = tree } else { try value.encode(to: self) }
  }
}

struct TreeKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let box: TreeBox
  let path: TreePath
  var codingPath: [any CodingKey] { path.keys }

  private func place(_ key: any CodingKey) -> TreeEncoder {
    let place = TreeBox()
    box.members?[key.stringValue] = place
    return TreeEncoder(box: place, path: .member(key, of: path))
  }

  func encodeNil(forKey key: Key) { place(key).encodeNil() }
  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws { try place(key).encode(value) }
  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    place(key).container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { place(key).unkeyedContainer() }
  func superEncoder() -> any Encoder { place(TreeKey.super) }
  func superEncoder(forKey key: Key) -> any Encoder { place(key) }
}

struct TreeUnkeyedEncoding: UnkeyedEncodingContainer {
  let box: TreeBox
  let path: TreePath
  var codingPath: [any CodingKey] { path.keys }
  var count: Int { box.elements?.count ?? 0 }

  private func place() -> TreeEncoder {
    let place = TreeBox()
    let key = TreeKey(intValue: count)
    box.elements?.append(place)
    return TreeEncoder(box: place, path: .member(key, of: path))
  }

  func encodeNil() { place().encodeNil() }
  func encode<Value: Encodable>(_ value: Value) throws { try place().encode(value) }
  func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    place().container(keyedBy: keyType)
  }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { place().unkeyedContainer() }
  func superEncoder() -> any Encoder { place() }
}
