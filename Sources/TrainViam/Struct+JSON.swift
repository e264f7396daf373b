package import SwiftProtobuf
package import TrainCore

extension Google_Protobuf_Struct {
  /// An object; anything else becomes an empty one.
  package init(_ json: JSON) {
    self.init(fields: (json.object ?? [:]).mapValues(Google_Protobuf_Value.init))
  }
}

extension Google_Protobuf_Value {
  /// All numbers become doubles: the format knows no others.
  package init(_ json: JSON) {
    switch json {
    case .null: self.init(nilLiteral: ())
    case .bool(let value): self.init(boolValue: value)
    case .int(let value): self.init(numberValue: Double(value))
    case .double(let value): self.init(numberValue: value)
    case .string(let value): self.init(stringValue: value)
    case .array(let values): self.init(listValue: .init(values: values.map(Google_Protobuf_Value.init)))
    case .object: self.init(structValue: Google_Protobuf_Struct(json))
    }
  }
}

extension JSON {
  package init(_ value: Google_Protobuf_Value) {
    switch value.kind {
    case .nullValue, nil: self = .null
    case .boolValue(let value): self = .bool(value)
    case .numberValue(let value): self = Int64(exactly: value).map(JSON.int) ?? .double(value)
    case .stringValue(let value): self = .string(value)
    case .listValue(let list): self = .array(list.values.map { JSON($0) })
    case .structValue(let object): self = .object(object.fields.mapValues { JSON($0) })
    }
  }
}
